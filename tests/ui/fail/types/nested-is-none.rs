use sendoff::App;

fn main() {
    let _ = App::new(()).nest("/old", axum::Router::new());
}
