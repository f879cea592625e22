use sendoff::{App, Request, Routes, routes};
use tower::util::MapErrLayer;

fn main() {
    let _ = App::new(()).layer(|request: Request| request);
    let fails = MapErrLayer::new(|_| std::fmt::Error);
    let routes: Routes<()> = routes![];
    let _ = App::new(()).routes(routes.layer(fails));
}
