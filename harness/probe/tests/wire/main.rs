//! The prober against small servers on the loopback interface.

mod calling;
mod clients;
mod comparing;
mod converging;
mod mirroring;
mod redirecting;
mod sending;
mod server;
mod streams;
mod tls;
mod websockets;
