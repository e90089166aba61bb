package io.pgmesh.loadtests.gatling;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Chooses among {@code 1 … count} so that few are chosen often, as tenants are: the k-th with a
 * weight of 1/k.
 */
public final class Skew {
  private final double[] upTo;

  public Skew(int count) {
    upTo = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += 1.0 / (i + 1);
      upTo[i] = sum;
    }
  }

  public int choose(SplittableRandom random) {
    int found = Arrays.binarySearch(upTo, random.nextDouble(upTo[upTo.length - 1]));
    return (found < 0 ? -found - 1 : found + 1) + 1;
  }
}
