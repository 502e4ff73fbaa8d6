//! Hashing passwords slowly, and never more at once than the machine can bear.

use crate::error::IdentityError;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use platform::Fault;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Argon2id with 19 MiB, two passes, one lane. Source: OWASP Password Storage Cheat Sheet (RFC 9106 4 names larger ones).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes at one time: a flood of sign-ins takes at most this many cores and 19 MiB each.
const HASHES_AT_ONCE_MAX: usize = 2;
/// Sign-ins that wait for their turn; those after them are told to come back.
const WAITING_MAX: usize = 64;
const WAIT_MAX: Duration = Duration::from_secs(10);

/// The hasher of this process, on the shelf.
#[derive(Debug)]
pub(crate) struct Passwords {
    gate: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// The hash of nobody's password: an unknown login takes as long as a known one.
    decoy: Arc<OnceLock<String>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            gate: Arc::new(Semaphore::new(HASHES_AT_ONCE_MAX)),
            waiting: AtomicUsize::new(0),
            decoy: Arc::default(),
        }
    }
}

impl Passwords {
    /// The PHC string of a password, with a salt of its own.
    pub(crate) async fn hash(&self, password: String) -> Result<String, IdentityError> {
        let permit = self.wait_turn().await?;
        let hashed = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            hash(&password)
        });
        Ok(hashed.await.map_err(|e| Fault::broken("hashing a password panicked").because(e))??)
    }

    /// Whether the password is that of the hash; with no hash the same work is done for nothing.
    pub(crate) async fn verify(
        &self,
        known: Option<String>,
        password: String,
    ) -> Result<bool, IdentityError> {
        let permit = self.wait_turn().await?;
        let decoy = self.decoy.clone();
        let verified = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            match known {
                Some(known) => verify(&known, &password),
                None => {
                    let decoy = decoy.get_or_init(|| hash("nobody").unwrap_or_default());
                    verify(decoy, &password).map(|_| false)
                }
            }
        });
        Ok(verified.await.map_err(|e| Fault::broken("checking a password panicked").because(e))??)
    }

    async fn wait_turn(&self) -> Result<OwnedSemaphorePermit, IdentityError> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING_MAX {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(IdentityError::Busy);
        }
        let turn = tokio::time::timeout(WAIT_MAX, self.gate.clone().acquire_owned()).await;
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        match turn {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(IdentityError::Busy),
        }
    }
}

fn argon2() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|e| Fault::broken("the parameters of Argon2 do not hold").because(e))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, Fault> {
    let hash: PasswordHash = argon2()?
        .hash_password(password.as_bytes())
        .map_err(|e| Fault::broken("a password could not be hashed").because(e))?;
    Ok(hash.to_string())
}

fn verify(known: &str, password: &str) -> Result<bool, Fault> {
    let known =
        PasswordHash::new(known).map_err(|e| Fault::broken("a stored hash cannot be read").because(e))?;
    // The parameters of the stored hash count, so that older ones stay good.
    Ok(argon2()?.verify_password(password.as_bytes(), &known).is_ok())
}
