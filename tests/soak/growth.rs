//! Has the server grown? What it has when nobody is connected, before and after.

use std::fmt;
use std::fs;
use std::io;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::serve::Target;
use crate::support::wire::Wire;
use crate::tls::certify;

/// The process that serves. It is killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// What it had before anybody came.
    first: Sample,
}

impl Server {
    pub(crate) async fn start(pause: Duration) -> io::Result<(Self, Arc<Target>)> {
        let folder = tempfile::tempdir()?;
        certify(folder.path());
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(folder.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().expect("its output is piped");
        BufReader::new(output).read_line(&mut line).await?;
        let mut addresses = line
            .split_whitespace()
            .map(|word| word.parse().expect("an address"));
        let mut next = || addresses.next().expect("three of them");
        let target = Arc::new(Target {
            plain: [next(), next()],
            tls: next(),
            folder,
            pause,
        });
        let first = Sample::of(&child, &target).await?;
        Ok((Server { child, first }, target))
    }

    /// Asks it to stop: there is nothing that it would have to wait for.
    #[cfg(unix)]
    pub(crate) async fn stop(mut self) -> io::Result<()> {
        use rustix::process::{Pid, Signal, kill_process};

        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        let id = id.and_then(Pid::from_raw).expect("a process id");
        kill_process(id, Signal::TERM)?;
        let status = self.child.wait().await?;
        assert!(status.success(), "{status}");
        Ok(())
    }

    #[cfg(not(unix))]
    pub(crate) async fn stop(mut self) -> io::Result<()> {
        self.child.kill().await
    }
}

/// What a server has at a moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    /// What has begun, and how much of it has ended.
    pairs: Vec<(String, usize, usize)>,
    /// Of the runtime of the process.
    tasks: usize,
    /// Bytes that are allocated.
    heap: usize,
    /// As the kernel says; 0 where there is no `/proc`.
    resident: usize,
    descriptors: usize,
}

impl Sample {
    async fn of(child: &Child, target: &Target) -> io::Result<Self> {
        let mut wire = Wire::connect(target.plain[0]).await?;
        wire.request("GET /counts", &[], "").await;
        let mut sample = Sample::default();
        for line in wire.answer(false).await.body.lines() {
            let mut words = line.split(' ');
            let name = words.next().unwrap_or_default();
            let mut number = || words.next().and_then(|word| word.parse().ok());
            match (name, number().expect("a number"), number()) {
                ("tasks", tasks, None) => sample.tasks = tasks,
                ("heap", heap, None) => sample.heap = heap,
                (name, begun, ended) => {
                    let pair = (name.to_owned(), begun, ended.expect("a pair"));
                    sample.pairs.push(pair);
                }
            }
        }
        let process = child.id().expect("it runs");
        if cfg!(target_os = "linux") {
            sample.resident = resident(process)?;
            sample.descriptors = fs::read_dir(format!("/proc/{process}/fd"))?.count();
        }
        Ok(sample)
    }

    fn is_even(&self) -> bool {
        self.pairs.iter().all(|(_, begun, ended)| begun == ended)
    }
}

fn resident(process: u32) -> io::Result<usize> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: usize = kilobytes.and_then(|n| n.parse().ok()).expect("a number");
    Ok(kilobytes * 1024)
}

/// What a server has when all clients have left.
#[derive(Debug)]
pub(crate) struct Quiet {
    sample: Sample,
    /// What it should have again.
    first: Sample,
}

impl Quiet {
    /// Waits until all is as it was, but not for ever.
    pub(crate) async fn of(server: &Server, target: &Target) -> io::Result<Self> {
        let patience = Instant::now() + Duration::from_secs(20);
        let mut was_quiet = false;
        loop {
            let quiet = Quiet {
                sample: Sample::of(&server.child, target).await?,
                first: server.first.clone(),
            };
            let is_quiet = quiet.faults().is_empty();
            // What a sample has is not of one moment: something may have ended meanwhile.
            if was_quiet && is_quiet || Instant::now() > patience {
                return Ok(quiet);
            }
            was_quiet = is_quiet;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What is still there.
    fn faults(&self) -> Vec<String> {
        let Quiet { sample, first } = self;
        let mut faults = Vec::new();
        if !sample.is_even() {
            faults.push(format!("something has not ended: {:?}", sample.pairs));
        }
        for (what, now, before) in [
            ("descriptors", sample.descriptors, first.descriptors),
            ("tasks", sample.tasks, first.tasks),
        ] {
            if now > before {
                faults.push(format!("{now} {what} are left of {before}"));
            }
        }
        faults
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sample {
            pairs,
            tasks,
            heap,
            resident,
            descriptors,
        } = &self.sample;
        write!(
            f,
            "{tasks} tasks, {descriptors} descriptors, {heap} bytes in use, {resident} resident"
        )?;
        for (name, begun, ended) in pairs {
            write!(f, ", {name} {ended} of {begun}")?;
        }
        Ok(())
    }
}

/// How much more may be in use after the second half than after the first. Queues keep their greatest
/// size, and rustls remembers 256 sessions: on a slow machine that takes more than a half.
const CHANCE: usize = 64 * 1024;

/// Resident memory includes what the allocator keeps, which takes some time to settle, and goes up
/// and down with how many large bodies come at once.
const SETTLED: Duration = Duration::from_secs(30);

/// What is wrong with the samples after a warm-up and two halves of a time.
pub(crate) fn faults(samples: &[Quiet], time: Duration) -> Vec<String> {
    let mut faults: Vec<String> = samples.iter().flat_map(Quiet::faults).collect();
    if let [_, first, second] = samples {
        let (first, second) = (&first.sample, &second.sample);
        let mut grows = |what, before: usize, now: usize, more: usize| {
            if now > before + more {
                faults.push(format!("{what} grew from {before} to {now} bytes"));
            }
        };
        grows("what is in use", first.heap, second.heap, CHANCE);
        if time >= SETTLED {
            let quarter = first.resident / 4;
            grows("resident memory", first.resident, second.resident, quarter);
        }
    }
    faults
}
