//! The stories of cases, told through the front door where there is one. One binary: it links once.

mod bad_input;
mod clocks;
mod day;
mod demo;
mod duties;
mod export;
mod follow;
mod import;
mod joint;
mod life;
mod main_job;
mod map;
mod model;
mod news;
mod open311;
mod open311_samples;
mod open311_schema;
mod open311_updates;
mod pages;
mod photos;
mod privacy;
mod queues;
mod routing;
mod similar;
mod statements;
mod town;
