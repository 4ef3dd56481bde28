//! GRPCRoutes.

pub(crate) mod grpc_exact_method_matching;
