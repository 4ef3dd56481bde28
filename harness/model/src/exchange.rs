//! Exchanges as data: what is sent through a Gateway and what must come back.

mod backend;
pub mod call;
pub mod conversation;
mod http;
mod sending;

pub use self::{
    backend::Backend,
    http::{
        Answer, AnswerHeaders, Choice, Echo, Exchange, Header, Message, Redirect, Request, get,
        redirect, request,
    },
    sending::{Exchanges, Through, calls_through, streams_through, through},
};
