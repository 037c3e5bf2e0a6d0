//! Starts and stops the server: a listener on 127.0.0.1 and a runtime of its own, so that a blocking program can embed it.

use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::Config;
use super::SandboxError;
use super::connection::BreakableListener;
use super::connection::Breaker;
use super::control;
use super::exchange;
use super::world::World;

/// The threads of a sandbox: it is often run beside the program it serves, on few cores.
const WORKER_THREADS: usize = 2;
/// How long a stop waits for answers that are being written.
const STOP_WITHIN: Duration = Duration::from_secs(1);

/// A running server.
pub(super) struct Server {
    address: SocketAddr,
    world: Arc<World>,
    runtime: Option<Runtime>,
}

impl Server {
    pub(super) fn start(config: Config) -> Result<Server, SandboxError> {
        let port = config.port;
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            let in_use = error.kind() == io::ErrorKind::AddrInUse;
            if in_use { SandboxError::PortInUse { port } } else { SandboxError::NotStarted(error) }
        })?;
        let world = Arc::new(World::open(config)?);
        serve(listener, world).map_err(SandboxError::NotStarted)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }
}

fn serve(listener: std::net::TcpListener, world: Arc<World>) -> io::Result<Server> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .thread_name("sandbox")
        .enable_all()
        .build()?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let listener = {
        let _inside = runtime.enter();
        BreakableListener(TcpListener::from_std(listener)?)
    };
    let router = Router::new().fallback(exchange::exchange).merge(control::routes());
    let service = router.with_state(Arc::clone(&world)).into_make_service_with_connect_info::<Breaker>();
    runtime.spawn(async move {
        // It ends only with the runtime: accepting is tried again after an error.
        let _ = axum::serve(listener, service).await;
    });
    Ok(Server { address, world, runtime: Some(runtime) })
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(STOP_WITHIN);
        }
    }
}
