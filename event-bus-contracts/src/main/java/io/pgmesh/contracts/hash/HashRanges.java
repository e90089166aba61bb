package io.pgmesh.contracts.hash;

import java.util.function.IntUnaryOperator;

/** Ranges that cover the signed 32-bit space in order. */
public final class HashRanges {
  private HashRanges() {}

  /**
   * Index of the range that a hash is in.
   *
   * @param count how many ranges there are, at least one
   * @param minHash the inclusive lower end of the range with an index
   */
  public static int indexOf(int hash, int count, IntUnaryOperator minHash) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (minHash.applyAsInt(middle) <= hash) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
