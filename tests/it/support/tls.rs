//! A server before a sandbox whose certificate no machine trusts: it is signed by an authority of these tests.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::client;
use super::server::{answer, hand_on, read};

/// Hands every request on to a sandbox, for as long as the test lives.
pub struct TlsServer {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl TlsServer {
    /// The authority that signed the server's certificate.
    pub const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/tls/ca.pem");

    /// Listens on a port of its own.
    pub fn before(sandbox: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let (counter, config) = (Arc::clone(&requests), config());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream);
                let request = read(&mut stream);
                // A client that does not trust the certificate sends no request.
                if !request.is_empty() {
                    counter.fetch_add(1, Ordering::SeqCst);
                    let (head, body) = hand_on(&sandbox, &request);
                    answer(&mut stream, &head, &body);
                }
            }
        });
        Self { url, requests }
    }

    /// Returns the server's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns how many requests came.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn config() -> Arc<ServerConfig> {
    // The first client of the process installs the provider.
    client();
    let certificate = CertificateDer::from_pem_slice(include_bytes!("tls/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/server.key")).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key);
    Arc::new(config.unwrap())
}
