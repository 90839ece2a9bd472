// The wire in TypeScript. The files beside this one are written by `cargo xtask codegen` from crates/core, but for the
// constants.
export type * from "./vocab";
export type * from "./link";
export type * from "./work";
export type * from "./customer";
export type * from "./handover";
export type * from "./rest";
export type * from "./desktop";
export type * from "./record";
export * from "./constants";
export type * from "./configuration";
export type * from "./decision";
export type * from "./figures";
export type * from "./exchange";
export type * from "./line";
export type * from "./limits";
