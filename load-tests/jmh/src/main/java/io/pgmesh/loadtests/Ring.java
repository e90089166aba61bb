package io.pgmesh.loadtests;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Inputs made before the clock runs and given out in turn, so that neither the processor nor the
 * compiler learns one of them by heart. The same in every run.
 */
public final class Ring<T> {
  /** Of two's power, and more than a branch predictor keeps. */
  public static final int SIZE = 4096;

  private static final long SEED = 20_260_101;

  private final List<T> inputs;
  private int at;

  private Ring(List<T> inputs) {
    this.inputs = inputs;
  }

  public static <T> Ring<T> of(Function<Random, T> maker) {
    var random = new Random(SEED);
    var inputs = new ArrayList<T>(SIZE);
    for (int i = 0; i < SIZE; i++) {
      inputs.add(maker.apply(random));
    }
    return new Ring<>(inputs);
  }

  public T next() {
    at = (at + 1) & (SIZE - 1);
    return inputs.get(at);
  }

  public List<T> all() {
    return inputs;
  }
}
