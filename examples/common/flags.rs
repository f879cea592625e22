//! Which flags does an example take, and what did the user give?
//!
//! Every flag has a value and a default, which keeps the parsing to one loop.

use std::ffi::OsString;
use std::fmt::Display;
use std::process::ExitCode;
use std::str::FromStr;

use lexopt::prelude::{Long, Short};

/// An example as its user starts it.
#[derive(Debug)]
pub struct Program {
    /// The name of its binary.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub about: &'static str,
    /// Its flags beside `--addr` and `--help`.
    pub flags: &'static [Flag],
}

/// A flag that takes a value, `--name VALUE`.
#[derive(Debug)]
pub struct Flag {
    /// Without the dashes.
    pub name: &'static str,
    /// What the help calls its value.
    pub value: &'static str,
    /// The value if the flag is not given.
    pub default: &'static str,
    /// What it does.
    pub help: &'static str,
}

const ADDR: Flag = Flag {
    name: "addr",
    value: "HOST:PORT",
    default: "127.0.0.1:3000",
    help: "listen on this address; port 0 is any free port",
};

/// The flags that were given.
#[derive(Debug)]
pub struct Flags {
    given: Vec<(&'static str, String)>,
}

/// Why an example ends before it begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The user asked for the help.
    Help(String),
    /// The flags are wrong.
    Usage(String),
}

impl Flags {
    /// Reads a command line, which begins with the name of the binary.
    pub(crate) fn parse(
        program: &Program,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, Stop> {
        let mut parser = lexopt::Parser::from_iter(arguments);
        let mut given = Vec::new();
        let usage = |fault: lexopt::Error| program.usage(&fault.to_string());
        while let Some(argument) = parser.next().map_err(usage)? {
            let flag = match argument {
                Short('h') | Long("help") => return Err(Stop::Help(program.help())),
                Long(name) => program.flags().find(|flag| flag.name == name),
                _ => None,
            };
            let Some(flag) = flag else {
                return Err(usage(argument.unexpected()));
            };
            let value = parser.value().map_err(usage)?;
            let value = value.into_string().map_err(|value| usage(value.into()))?;
            if value.is_empty() {
                return Err(program.usage(&format!("the value of `--{}` is empty", flag.name)));
            }
            given.push((flag.name, value));
        }
        let flags = Flags { given };
        if !is_address(flags.addr()) {
            let fault = format!("`{}` is not HOST:PORT", flags.addr());
            return Err(program.usage(&fault));
        }
        Ok(flags)
    }

    /// The value of a flag. Where it is given twice, the last one counts.
    pub fn get<'a>(&'a self, flag: &'a Flag) -> &'a str {
        let given = self.given.iter().rfind(|(name, _)| *name == flag.name);
        given.map_or(flag.default, |(_, value)| value)
    }

    /// The value of a flag, which is more than text.
    ///
    /// # Errors
    ///
    /// It does not have the form.
    pub fn parsed<T: FromStr<Err: Display>>(&self, flag: &Flag) -> Result<T, String> {
        let value = self.get(flag);
        let parsed = value.parse();
        parsed.map_err(|fault| format!("`--{} {value}`: {fault}", flag.name))
    }

    /// Where to listen.
    pub(crate) fn addr(&self) -> &str {
        self.get(&ADDR)
    }
}

impl Program {
    fn flags(&self) -> impl Iterator<Item = &Flag> {
        std::iter::once(&ADDR).chain(self.flags)
    }

    fn help(&self) -> String {
        let mut text = format!("{}\n\nUsage: {} [FLAGS]\n\nFlags:\n", self.about, self.name);
        for flag in self.flags() {
            let head = format!("--{} {}", flag.name, flag.value);
            let Flag { help, default, .. } = flag;
            text.push_str(&format!("  {head:<18}  {help} [default: {default}]\n"));
        }
        text.push_str(&format!("  {:<18}  print this\n", "-h, --help"));
        text
    }

    fn usage(&self, fault: &str) -> Stop {
        let flags: Vec<String> = self
            .flags()
            .map(|flag| format!("`--{} {}`", flag.name, flag.value))
            .collect();
        let flags = flags.join(", ");
        Stop::Usage(format!(
            "error: {fault}\nhelp: {} takes {flags} and `--help`\n",
            self.name
        ))
    }
}

impl Stop {
    /// Prints it, and says how the process ends.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Stop::Help(text) => {
                print!("{text}");
                ExitCode::SUCCESS
            }
            Stop::Usage(text) => {
                eprint!("{text}");
                ExitCode::from(2)
            }
        }
    }
}

/// Has it the form HOST:PORT? Whether the host exists shows when it is listened on.
fn is_address(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::{Flag, Flags, Program, Stop};

    const SIZE: Flag = Flag {
        name: "size",
        value: "N",
        default: "7",
        help: "how many",
    };
    const PROGRAM: Program = Program {
        name: "demo",
        about: "A demonstration.",
        flags: &[SIZE],
    };

    fn parse(line: &str) -> Result<(String, String), Stop> {
        let words = line.split(' ').map(Into::into);
        let flags = Flags::parse(&PROGRAM, words)?;
        Ok((flags.addr().to_owned(), flags.get(&SIZE).to_owned()))
    }

    #[track_caller]
    fn check(line: &str, addr: &str, size: &str) {
        assert_eq!(parse(line), Ok((addr.to_owned(), size.to_owned())));
    }

    #[track_caller]
    fn check_usage(line: &str, fault: &str) {
        let text = format!(
            "error: {fault}\nhelp: demo takes `--addr HOST:PORT`, `--size N` and `--help`\n"
        );
        assert_eq!(parse(line), Err(Stop::Usage(text)));
    }

    #[test]
    fn flags_are_given_or_have_their_default() {
        check("demo", "127.0.0.1:3000", "7");
        check("demo --size 8", "127.0.0.1:3000", "8");
        check("demo --addr=localhost:80", "localhost:80", "7");
        check("demo --addr [::1]:0 --size 8 --size 9", "[::1]:0", "9");
    }

    #[test]
    fn a_value_that_is_no_number_is_named() {
        let of = |words: [&str; 3]| Flags::parse(&PROGRAM, words.map(Into::into));
        let right = of(["demo", "--size", "8"]).expect("flags");
        assert_eq!(right.parsed(&SIZE), Ok(8));
        let wrong = of(["demo", "--size", "big"]).expect("flags");
        let fault = "`--size big`: invalid digit found in string".to_owned();
        assert_eq!(wrong.parsed::<usize>(&SIZE), Err(fault));
    }

    #[test]
    fn wrong_flags_are_named() {
        check_usage("demo --siez 8", "invalid option '--siez'");
        check_usage("demo -s 8", "invalid option '-s'");
        check_usage("demo 8", "unexpected argument \"8\"");
        check_usage("demo --size", "missing argument for option '--size'");
        check_usage("demo --size=", "the value of `--size` is empty");
        check_usage("demo --addr 3000", "`3000` is not HOST:PORT");
        check_usage("demo --addr :3000", "`:3000` is not HOST:PORT");
        check_usage("demo --addr host:99999", "`host:99999` is not HOST:PORT");
    }

    #[test]
    fn help_lists_every_flag() {
        for line in ["demo -h", "demo --size 8 --help"] {
            let help = "A demonstration.\n\n\
                Usage: demo [FLAGS]\n\n\
                Flags:\n  \
                --addr HOST:PORT    listen on this address; port 0 is any free port \
                [default: 127.0.0.1:3000]\n  \
                --size N            how many [default: 7]\n  \
                -h, --help          print this\n";
            assert_eq!(parse(line), Err(Stop::Help(help.to_owned())));
        }
    }
}
