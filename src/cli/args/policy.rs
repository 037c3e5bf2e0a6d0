//! How users are written, whatever command writes them.

use clap::{Args, ValueEnum};

use crate::cli::error::Error;
use crate::cli::exit::Exit;
use crate::intercom::Archived;
use crate::intercom::Engine;
use crate::intercom::Mode;
use crate::intercom::OtherCompanies;
use crate::intercom::Policy;
use crate::intercom::Role;
use crate::transfer::RoleFilter;

/// How users are written, whatever command writes them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Policy")]
pub(in crate::cli) struct PolicyArgs {
    #[command(flatten)]
    pub(in crate::cli) role: RoleArgs,
    /// Do this with a contact that is archived: skip, unarchive or reject
    #[arg(long, value_name = "HOW", default_value = "reject")]
    pub(in crate::cli) archived: ArchivedArg,
    /// Take a contact out of the companies that are not named, if any are
    #[arg(long)]
    pub(in crate::cli) detach_missing: bool,
}

impl PolicyArgs {
    /// Returns the policy; one that the engine cannot carry out is refused rather than forgotten.
    pub(in crate::cli) fn policy(&self, mode: Mode, engine: Engine) -> Result<Policy, Error> {
        if engine == Engine::Users {
            let flag = match self.archived {
                _ if self.detach_missing => Some("--detach-missing"),
                ArchivedArg::Skip | ArchivedArg::Unarchive => Some("--archived"),
                ArchivedArg::Reject => None,
            };
            if let Some(flag) = flag {
                return Err(Error::new(Exit::Usage, format!("the engine `users` has no {flag}"))
                    .hint(format!("leave it out, or use --engine contacts; 1.x has nothing like {flag}")));
            }
        }
        if engine == Engine::Bulk && self.detach_missing {
            return Err(Error::new(Exit::Usage, "the engine `bulk` has no --detach-missing").hint(
                "leave it out, or use --engine contacts: a job does not say whom it took out of what",
            ));
        }
        Ok(Policy {
            mode,
            role: self.role.role(),
            archived: match self.archived {
                ArchivedArg::Skip => Archived::Skip,
                ArchivedArg::Unarchive => Archived::Unarchive,
                ArchivedArg::Reject => Archived::Reject,
            },
            other_companies: match self.detach_missing {
                true => OtherCompanies::Detach,
                false => OtherCompanies::Keep,
            },
        })
    }
}

/// What is written.
#[derive(Debug, Args)]
pub(in crate::cli) struct RoleArgs {
    /// Take what says nothing of its role for this: user or lead
    #[arg(long, value_name = "ROLE", default_value = "user")]
    pub(in crate::cli) role: WriteRoleArg,
}

impl RoleArgs {
    /// Returns the role.
    pub(in crate::cli) fn role(&self) -> Role {
        match self.role {
            WriteRoleArg::User => Role::User,
            WriteRoleArg::Lead => Role::Lead,
        }
    }
}

/// `--role` of what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum WriteRoleArg {
    /// A user
    User,
    /// A lead: never matched by external_id
    Lead,
}

/// `--archived`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ArchivedArg {
    /// Leave it; the row counts as unchanged
    Skip,
    /// Bring it back and update it
    Unarchive,
    /// Reject the row
    Reject,
}

/// `--mode`.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ModeArg {
    /// Create, or update what exists
    Upsert,
    /// Create only; what exists is rejected
    Create,
    /// Update only; what does not exist is rejected
    Update,
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Self {
        match mode {
            ModeArg::Upsert => Self::Upsert,
            ModeArg::Create => Self::Create,
            ModeArg::Update => Self::Update,
        }
    }
}

/// `--role` of an export.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum RoleArg {
    /// Users
    User,
    /// Leads
    Lead,
    /// Both
    Any,
}

impl From<RoleArg> for RoleFilter {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::User => Self::User,
            RoleArg::Lead => Self::Lead,
            RoleArg::Any => Self::Any,
        }
    }
}
