package io.pgmesh.executor.tx;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Names of decisions that have done their work: they are deleted together, some time after. What is
 * never deleted does no harm, and recovery finds it. Used on one context only.
 */
final class FinishedIds {
  private static final int WAIT_MILLIS = 200;
  private static final int TOGETHER_MAX = 1000;

  private final Vertx vertx;
  private final Consumer<List<String>> delete;
  private final List<String> finished = new ArrayList<>();

  FinishedIds(Vertx vertx, Consumer<List<String>> delete) {
    this.vertx = vertx;
    this.delete = delete;
  }

  void add(List<String> ids) {
    if (finished.isEmpty()) {
      vertx.setTimer(WAIT_MILLIS, timer -> deleteAll());
    }
    finished.addAll(ids);
    if (finished.size() >= TOGETHER_MAX) {
      deleteAll();
    }
  }

  private void deleteAll() {
    List<String> ids = List.copyOf(finished);
    finished.clear();
    if (!ids.isEmpty()) {
      delete.accept(ids);
    }
  }
}
