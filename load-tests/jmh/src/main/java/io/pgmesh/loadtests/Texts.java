package io.pgmesh.loadtests;

import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Statements as applications send them, with constants of their own in each. */
public final class Texts {
  private static final String[] STATES = {"active", "paused", "ended", "it's new"};

  private Texts() {}

  /** A row by its key. */
  public static String pointQuery(Random random) {
    return "SELECT id, state, total FROM orders WHERE company_id = %d AND id = %d"
        .formatted(random.nextInt(1, 1_000_000), random.nextLong(1, 1L << 40));
  }

  /** One tenant's report over two tables, with most of what SQL has. */
  public static String report(Random random) {
    return """
        SELECT o.state, count(*) AS orders, sum(l.amount) AS amount -- per state
        FROM orders AS o JOIN lines AS l ON l.company_id = o.company_id AND l.order_id = o.id
        WHERE o.company_id = %d AND o.total >= %d.%02d AND o.state <> '%s'
        GROUP BY o.state HAVING sum(l.amount) > %d ORDER BY amount DESC, o.state LIMIT 10"""
        .formatted(
            random.nextInt(1, 1_000_000),
            random.nextInt(1, 10_000),
            random.nextInt(100),
            STATES[random.nextInt(STATES.length)].replace("'", "''"),
            random.nextInt(1, 100_000));
  }

  /** An INSERT of one row. */
  public static String insert(Random random) {
    return insert(random, 1);
  }

  /** An INSERT of twenty rows. */
  public static String insertOfTwenty(Random random) {
    return insert(random, 20);
  }

  private static String insert(Random random, int rows) {
    return IntStream.range(0, rows)
        .mapToObj(row -> row(random))
        .collect(
            Collectors.joining(
                ", ", "INSERT INTO orders (company_id, id, state, total, country_id) VALUES ", ""));
  }

  private static String row(Random random) {
    return "(%d, %d, '%s', %d.%02d, %d)"
        .formatted(
            random.nextInt(1, 1_000_000),
            random.nextLong(1, 1L << 40),
            STATES[random.nextInt(STATES.length)].replace("'", "''"),
            random.nextInt(1, 10_000),
            random.nextInt(100),
            random.nextInt(1, 200));
  }
}
