//! Can methods be handlers?

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use sendoff::{Answer, handler, send};

use crate::support::answer::{check, check_async};

#[derive(Clone)]
struct Users {
    names: Vec<&'static str>,
}

impl Users {
    #[handler]
    async fn show(&self, n: usize) {
        let Some(name) = self.names.get(n) else {
            send!(404, "none");
        };
        send!(*name);
    }

    #[handler]
    fn rename(&mut self, n: usize, name: &'static str) {
        let Some(found) = self.names.get_mut(n) else {
            send!(404, "none");
        };
        *found = name;
        send!(name);
    }

    #[handler]
    async fn consume(mut self) {
        self.names.clear();
        send!(200, self.names.len().to_string());
    }

    #[handler]
    async fn shared(self: Arc<Self>) {
        send!(200, self.names.join(","));
    }

    #[handler]
    fn counted(self: &Rc<Self>) {
        send!(200, Self::plural(self.names.len()));
    }

    #[handler]
    fn pinned(self: Pin<&mut Self>) {
        send!(200, self.names.len().to_string());
    }

    #[handler]
    pub(crate) fn without_self(n: usize) {
        send!(200, Self::plural(n));
    }

    fn plural(n: usize) -> String {
        format!("{n}s")
    }
}

trait Resource {
    const NAME: &'static str;

    #[allow(clippy::result_large_err)] // A trait has no `#[handler]` to say so.
    fn get(&self) -> Answer;

    #[allow(async_fn_in_trait)]
    async fn list(&self, n: usize) -> Answer;

    #[handler]
    fn missing(&self) {
        send!(501, Self::NAME);
    }
}

impl Resource for Users {
    const NAME: &'static str = "users";

    #[handler]
    fn get(&self) {
        if self.names.is_empty() {
            send!(204);
        }
        send!(self.names[0]);
    }

    #[handler]
    async fn list(&self, n: usize) {
        if n == 0 {
            return send!(400, Self::NAME);
        }
        send!(200, self.names[..n].join(","));
    }
}

struct Holder<'a, T>(&'a T);

impl<'a, T: Resource> Holder<'a, T> {
    #[handler]
    fn name<U: Into<String>>(&'a self, suffix: U) {
        let _: &'a T = self.0;
        send!(200, format!("{}{}", T::NAME, suffix.into()));
    }
}

#[test]
fn methods() {
    let mut users = Users {
        names: vec!["a", "b"],
    };
    check_async(users.show(1), 200, "b");
    check_async(users.show(2), 404, "none");
    check(users.rename(0, "c"), 200, "c");
    check(users.rename(2, "c"), 404, "none");
    check_async(users.clone().consume(), 200, "0");
    check_async(Arc::new(users.clone()).shared(), 200, "c,b");
    check(Rc::new(users.clone()).counted(), 200, "2s");
    check(Pin::new(&mut users).pinned(), 200, "2");
    check(Users::without_self(3), 200, "3s");
}

#[test]
fn methods_of_a_trait() {
    let users = Users {
        names: vec!["a", "b"],
    };
    check(users.get(), 200, "a");
    check(Users { names: vec![] }.get(), 204, "");
    check_async(users.list(0), 400, "users");
    check_async(users.list(2), 200, "a,b");
    check(users.missing(), 501, "users");
    check(Holder(&users).name("!"), 200, "users!");
}
