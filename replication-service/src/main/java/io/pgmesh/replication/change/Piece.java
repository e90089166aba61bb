package io.pgmesh.replication.change;

/**
 * A part of a committed transaction, small enough for one record of the topic. The bodies of a
 * transaction's pieces, put together, are its row changes as lines of JSON.
 *
 * @param run names the relay that sent it; only pieces of one run belong together
 * @param position of the transaction in the order of commits
 * @param previous the position before it: whoever has not applied that one has missed something
 * @param carried where its rows are already
 * @param index of this piece in its transaction, from 0
 * @param last whether the transaction ends here
 * @param body UTF-8; may begin and end inside a line
 */
public record Piece(
    String run,
    long position,
    long previous,
    Carried carried,
    int index,
    boolean last,
    byte[] body) {}
