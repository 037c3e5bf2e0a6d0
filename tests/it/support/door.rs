//! A port before a sandbox that can be shut: connections break, and new ones are refused until it is opened again.

use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// Copies bytes to and fro, for as long as it is open.
pub struct Door {
    address: SocketAddr,
    sandbox: SocketAddr,
    keeper: Mutex<Option<Keeper>>,
}

/// Who lets in while the door is open.
struct Keeper {
    is_shutting: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
    thread: JoinHandle<()>,
}

impl Door {
    /// Opens a door before a sandbox's URL.
    pub fn before(sandbox: &str) -> Self {
        let sandbox = sandbox.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind((own_address(), 0)).unwrap();
        let address = listener.local_addr().unwrap();
        Self { address, sandbox, keeper: Mutex::new(Some(Keeper::start(listener, sandbox))) }
    }

    /// Returns the URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Breaks every connection, and refuses new ones from now on.
    pub fn shut(&self) {
        let keeper = self.keeper.lock().unwrap().take().unwrap();
        keeper.is_shutting.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection; with it, the listener is gone.
        let _ = TcpStream::connect(self.address);
        keeper.thread.join().unwrap();
        for stream in keeper.streams.lock().unwrap().iter() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets in again, at the same address.
    pub fn open(&self) {
        let listener = TcpListener::bind(self.address).unwrap();
        *self.keeper.lock().unwrap() = Some(Keeper::start(listener, self.sandbox));
    }
}

impl Keeper {
    fn start(listener: TcpListener, sandbox: SocketAddr) -> Self {
        let (is_shutting, streams) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let (flag, kept) = (Arc::clone(&is_shutting), Arc::clone(&streams));
        let thread = thread::spawn(move || {
            for inside in listener.incoming().flatten() {
                if flag.load(Ordering::SeqCst) {
                    return;
                }
                let outside = TcpStream::connect(sandbox).unwrap();
                copy(&inside, &outside);
                copy(&outside, &inside);
                kept.lock().unwrap().extend([inside, outside]);
            }
        });
        Self { is_shutting, streams, thread }
    }
}

/// Hands on what comes from one side to the other, until one of them ends.
fn copy(from: &TcpStream, to: &TcpStream) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    from.set_nodelay(true).unwrap();
    thread::spawn(move || {
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// Returns an address of this machine that nobody else listens at, so that a shut door's port stays its own.
fn own_address() -> Ipv4Addr {
    static DOORS: AtomicU8 = AtomicU8::new(1);
    let [low, high, ..] = std::process::id().to_le_bytes();
    Ipv4Addr::new(127, high | 128, low, DOORS.fetch_add(1, Ordering::SeqCst))
}
