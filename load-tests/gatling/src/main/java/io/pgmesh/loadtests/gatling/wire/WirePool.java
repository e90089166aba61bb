package io.pgmesh.loadtests.gatling.wire;

import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** Connections that outlive virtual users who come, ask one thing and go, as an application has. */
public final class WirePool {
  private final Wire wire;
  private final Semaphore free;
  private final AtomicLong made = new AtomicLong();
  private final Queue<WireUser> idle = new ConcurrentLinkedQueue<>();

  public WirePool(Wire wire, int connectionsMax) {
    this.wire = wire;
    this.free = new Semaphore(connectionsMax, true);
  }

  /** Runs it on a connection of the pool, as soon as one is free. */
  public void run(WireWork work) throws SQLException {
    free.acquireUninterruptibly();
    try {
      WireUser found = idle.poll();
      WireUser holder = found == null ? wire.newUser(made.incrementAndGet()) : found;
      boolean sound = false;
      try {
        work.run(holder);
        sound = true;
      } finally {
        if (!sound) {
          holder.drop();
        }
        idle.add(holder);
      }
    } finally {
      free.release();
    }
  }
}
