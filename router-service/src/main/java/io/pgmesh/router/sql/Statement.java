package io.pgmesh.router.sql;

/**
 * What a text is, by its first words; each record holds what planning needs of it. Extended by the
 * classifier's cases.
 */
public sealed interface Statement {

  /** Nothing but white space and comments. */
  record Empty() implements Statement {}
}
