//! Values and rules of identity: who an account is, what proves it, how long a session lasts, what a role allows.

mod account;
mod code;
mod face;
mod fact;
mod limits;
mod lockout;
mod password;
mod role;
mod second_factor;
mod session;
mod token;

pub use account::{Account, AccountKind, check_login, check_name};
pub use code::{Code, CodeState, hash_code};
pub use face::{Face, Faces, Place};
pub use fact::IdentityFact;
pub use limits::Limits;
pub use lockout::{Attempts, login_hash};
pub use password::{Weakness, check_password, readable_password};
pub use role::{Administrator, Assignment, AssignmentId, HeldPost, Reach, Role, Roles, Unfit};
pub use second_factor::{
    RECOVERY_CODES, SECRET_BYTES, check_code, code_at, new_recovery_code, otpauth_url, recovery_hash,
    secret_text,
};
pub use session::{Session, SessionId, Standing, end_of, idle_time};
pub use token::{Token, TokenKind};
