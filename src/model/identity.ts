/** Brands keep the kinds of identifiers apart at compile time; at run time they are plain strings and numbers. */
declare const brand: unique symbol;

/** A git object id of a commit: 40 (sha1) or 64 (sha256) lower-case hexadecimal digits. */
export type Commit = string & { readonly [brand]: 'commit' };

/** A study's id, also the last part of its branch `ratchet/STUDY`: a date and random digits, so that ids sort by age. */
export type StudyId = string & { readonly [brand]: 'study' };

/** Numbers of one study, from 1, in the order of the ledger. */
export type ExperimentId = number & { readonly [brand]: 'experiment' };
export type TrialId = number & { readonly [brand]: 'trial' };

/** Hexadecimal sha256 of a text or of bytes. */
export type Digest = string & { readonly [brand]: 'digest' };

/**
 * Trials are compared within one class of hardware only: equal processor model, cores a slot and accelerator.
 * For example `x86_64/AMD EPYC 9B14/1 core`.
 */
export type HardwareClass = string & { readonly [brand]: 'hardware' };
