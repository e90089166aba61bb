package io.pgmesh.loadtests.gatling;

import io.pgmesh.loadtests.gatling.wire.WireUser;
import io.pgmesh.loadtests.gatling.wire.WrongAnswer;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What the mesh has acknowledged, to be compared with what is there in the end. */
public final class Written {
  private final AtomicLong lastId = new AtomicLong();
  private final LongAdder entries = new LongAdder();
  private final LongAdder amounts = new LongAdder();
  private final LongAdder changes = new LongAdder();
  private final LongAdder changed = new LongAdder();

  /** An id for an entry that nobody else has. */
  public long nextId() {
    return lastId.incrementAndGet();
  }

  public void entry(long amount) {
    entries.increment();
    amounts.add(amount);
  }

  public void entries(long count, long amount) {
    entries.add(count);
    amounts.add(amount);
  }

  /** One account's balance grew by this. */
  public void change(long amount) {
    changes.increment();
    changed.add(amount);
  }

  /**
   * @throws WrongAnswer rows are missing, or there are more
   */
  public void compare(WireUser user) throws SQLException {
    try (var statement = user.connection().createStatement()) {
      try (var found = statement.executeQuery(Sql.COUNT_ENTRIES.text())) {
        found.next();
        WrongAnswer.unlessEqual("entries", entries.sum(), found.getLong(1));
        WrongAnswer.unlessEqual("their amounts", amounts.sum(), found.getLong(2));
      }
      try (var found = statement.executeQuery(Sql.COUNT_CHANGES.text())) {
        found.next();
        long before = (long) Settings.tenants() * Tables.ACCOUNTS * Tables.BALANCE;
        WrongAnswer.unlessEqual("changes of accounts", changes.sum(), found.getLong(1));
        WrongAnswer.unlessEqual("balances", before + changed.sum(), found.getLong(2));
      }
    }
  }
}
