//! Errors as people read them: what went wrong, why, and what to do about it.

use std::fmt;
use std::io::{self, Write};

use super::exit::Exit;
use crate::intercom::ApiError;
use crate::intercom::Refusal;
use crate::mapping::MappingError;
use crate::rows::InputError;
use crate::rows::OutputError;
use crate::sandbox::SandboxError;

/// What went wrong, why, and what to do about it.
#[derive(Debug)]
pub(super) struct Error {
    exit: Exit,
    what: String,
    why: Option<anyhow::Error>,
    hint: Option<String>,
}

impl Error {
    pub(super) fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), why: None, hint: None }
    }

    pub(super) fn because(mut self, why: impl Into<anyhow::Error>) -> Self {
        self.why = Some(why.into());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Names the thing that the error is about.
    pub(super) fn about(mut self, thing: &str) -> Self {
        self.what = format!("{thing}: {}", self.what);
        self
    }

    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    pub(super) fn what(&self) -> &str {
        &self.what
    }

    /// Describes an input that cannot be read.
    pub(super) fn of_input(file: &str, error: &InputError) -> Self {
        let exit = match error {
            InputError::DuplicateColumn { .. } | InputError::UnknownEncoding { .. } => Exit::Usage,
            _ => Exit::Input,
        };
        let message = error.to_string();
        // The messages about the file itself name it already.
        let what =
            if message.contains(&format!("`{file}`")) { message } else { format!("{file}: {message}") };
        Self { hint: error.hint(), ..Self::new(exit, what) }
    }

    /// Describes a mapping that cannot be used.
    pub(super) fn of_mapping(place: &str, error: &MappingError) -> Self {
        Self { hint: error.hint(), ..Self::new(Exit::Usage, format!("{place}: {error}")) }
    }

    /// Describes an output that cannot be written.
    pub(super) fn of_output(error: &OutputError) -> Self {
        Self { hint: error.hint(), ..Self::new(Exit::Output, error.to_string()) }
    }

    /// Describes a sandbox that does not start.
    pub(super) fn of_sandbox(error: SandboxError) -> Self {
        let (exit, hint) = match &error {
            SandboxError::PortInUse { .. } => {
                (Exit::Usage, "choose another port, or any free one: --port 0".into())
            }
            SandboxError::DataInUse { .. } => (
                Exit::Locked,
                "wait until the other one has ended, or name another place: --state-dir DIR".into(),
            ),
            SandboxError::DataDamaged { path, .. } => (
                Exit::Failed,
                format!("to begin with an empty workspace, remove it: `rm {}`", path.display()),
            ),
            SandboxError::UnknownVersion(_)
            | SandboxError::UnknownTimeZone(_)
            | SandboxError::BadFaultRate(_) => {
                return Self::new(Exit::Usage, error.to_string());
            }
            _ => return Self::new(Exit::Failed, "the sandbox does not start").because(error),
        };
        Self::new(exit, error.to_string()).hint(hint)
    }

    /// Describes a server that cannot be worked with.
    pub(super) fn of_server(error: &ApiError) -> Self {
        const ROOT: &str = "check --base-url and --region: they must name the root of Intercom's API";
        let (exit, hint) = match error {
            ApiError::NotAllowed(refusal) => (Exit::Auth, not_allowed_hint(refusal)),
            ApiError::Unreachable { .. } => {
                (Exit::Unavailable, "check the network and --base-url, then run the same command again")
            }
            ApiError::NoSuchHost { .. } => (
                Exit::Unavailable,
                "check the host's name in --base-url, and this machine's name resolution, then run the same command \
                 again",
            ),
            ApiError::NotTrusted { .. } => (
                Exit::Unavailable,
                "check --base-url; if the server is yours, or a proxy of yours answers for it, install its CA \
                 certificate on this machine, or name it: SSL_CERT_FILE=/path/to/ca.pem",
            ),
            ApiError::Outage { .. } => (
                Exit::Unavailable,
                "run the same command again when the server is back, or wait longer with --max-outage 2h",
            ),
            ApiError::AnswerLost { .. } => (Exit::Unavailable, "run the same command again later"),
            ApiError::NotIntercom { .. } | ApiError::Redirected { .. } => (Exit::Usage, ROOT),
            ApiError::Refused(refusal) if refusal.status == 404 => (Exit::Usage, ROOT),
            ApiError::Refused(refusal)
                if refusal.code == "intercom_version_invalid"
                    && refusal.message.contains("not available") =>
            {
                (
                    Exit::Usage,
                    "the server has this in another version of its API only: users of 1.x with --engine users, \
                     contacts of 2.x with --engine contacts",
                )
            }
            ApiError::Refused(refusal) if refusal.code == "intercom_version_invalid" => {
                (Exit::Usage, "choose a version that the server knows, as in --api-version 2.16")
            }
            ApiError::Refused(refusal) if refusal.code == "scroll_exists" => (
                Exit::Unavailable,
                "a workspace has one scroll at a time, which ends a minute after its last page: run the same \
                 command again later",
            ),
            ApiError::Refused(_) | ApiError::Halted(_) => return Self::new(Exit::Failed, error.to_string()),
        };
        Self::new(exit, error.to_string()).hint(hint)
    }

    /// Returns whether a refusal is about its request alone.
    pub(super) fn is_plain_refusal(refusal: &Refusal) -> bool {
        Self::of_server(&ApiError::Refused(Box::new(refusal.clone()))).exit == Exit::Failed
    }

    /// Writes the error to stderr.
    pub(super) fn show(&self) {
        // Nobody may be listening; the exit code says it all the same.
        let _ = write!(io::stderr(), "{self}");
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.what)?;
        for cause in self.why.iter().flat_map(anyhow::Error::chain) {
            write!(f, ": {cause}")?;
        }
        writeln!(f)?;
        if let Some(hint) = &self.hint {
            writeln!(f, "  hint: {}", hint.replace('\n', "\n        "))?;
        }
        Ok(())
    }
}

fn not_allowed_hint(refusal: &Refusal) -> &'static str {
    match (refusal.status, refusal.code.as_str()) {
        (402, _) => "the workspace's subscription does not include the API",
        (_, "api_plan_restricted") => {
            "the workspace's plan does not include this part of the API, or its subscription has ended"
        }
        // A token that is let in, and not to this: it reads, and may not write, as a rule.
        (403, _) | (_, "token_unauthorized") => {
            "give the app the scopes to read and write users, in the Developer Hub, Your app, Authentication"
        }
        _ => {
            "check INTERCOM_ACCESS_TOKEN and --region: a token belongs to one region and is copied from the \
             Developer Hub, Your app, Authentication"
        }
    }
}
