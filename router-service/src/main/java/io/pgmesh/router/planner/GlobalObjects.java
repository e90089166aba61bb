package io.pgmesh.router.planner;

import io.pgmesh.contracts.catalog.Identifiers;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.pgmesh.router.sql.Phrase;
import java.util.List;
import java.util.Set;

/**
 * Objects that shards may depend on, made, changed and dropped on all servers. A worker may have an
 * object already, or lack what it needs (a function that takes a row of a local table): there the
 * coordinator database's own object suffices, as whatever needs more runs there.
 */
final class GlobalObjects {
  /** Words behind CREATE, ALTER and DROP. */
  static final Set<String> KINDS =
      Set.of(
          "schema",
          "type",
          "domain",
          "extension",
          "function",
          "procedure",
          "routine",
          "aggregate",
          "role",
          "user",
          "group",
          "collation",
          "text",
          "operator",
          "cast",
          "conversion",
          "default");

  private static final Set<String> STRICT = Set.of("type", "domain", "schema", "extension");

  private final Phrase statement;
  private final PlanContext context;

  GlobalObjects(Phrase statement, PlanContext context) {
    this.statement = statement;
    this.context = context;
  }

  Plan plan(String kind) {
    if (kind.equals("extension") && isMeshItself()) {
      return new Plan.Ddl(
          List.of(SqlText.made("SELECT 1")), List.of(), "CREATE EXTENSION", List.of());
    }
    if (ofTypes(statement)) {
      RowTypes.check(statement, context);
    }
    SqlText worker =
        STRICT.contains(kind) && !statement.starts("drop")
            ? SqlText.made(withoutElements(kind))
            : SqlText.made(tolerant(dropIfThere()));
    if (STRICT.contains(kind) && statement.starts("create")) {
      worker = SqlText.made(unlessThere(worker.text()));
    }
    return new Plan.Ddl(
        List.of(ShellText.withBodies(statement, context)),
        new DdlTasks(context).everywhere(worker),
        "",
        List.of());
  }

  /** Whether it makes types of others, and so has to know them all. */
  static boolean ofTypes(Phrase ddl) {
    boolean types = ddl.has(1, "type") || ddl.has(1, "domain");
    return types && (ddl.starts("create") || ddl.starts("alter"));
  }

  /** CREATE EXTENSION citus: what it would bring is there. */
  private boolean isMeshItself() {
    int name = statement.has(2, "if", "not", "exists") ? 5 : 2;
    return statement.starts("create")
        && (statement.has(name, "citus") || statement.has(name, "citus_columnar"));
  }

  /** A schema alone, without the tables and views that CREATE SCHEMA may bring. */
  private String withoutElements(String kind) {
    if (!kind.equals("schema") || !statement.starts("create")) {
      return statement.text();
    }
    int element = -1;
    for (String word : List.of("create", "grant")) {
      int found = statement.find(1, word);
      element = found > 0 && (element < 0 || found < element) ? found : element;
    }
    return element < 0 ? statement.text() : statement.sub(0, element).text();
  }

  private String dropIfThere() {
    if (!statement.starts("drop") || statement.find(1, "if", "exists") > 0 || words() < 0) {
      return statement.text();
    }
    int at = 1 + words();
    return statement.sub(0, at).text() + " IF EXISTS " + statement.skip(at).text();
  }

  /** How many words name the kind; -1 where IF EXISTS does not go. */
  private int words() {
    if (statement.has(1, "owned")) {
      return -1;
    }
    boolean two =
        statement.has(1, "text", "search")
            || statement.has(1, "operator", "class")
            || statement.has(1, "operator", "family");
    return two ? statement.has(1, "text") ? 3 : 2 : 1;
  }

  private static String unlessThere(String sql) {
    return block(sql, "duplicate_object OR duplicate_schema");
  }

  private static String tolerant(String sql) {
    return block(
        sql,
        "undefined_object OR undefined_table OR undefined_function OR undefined_column OR"
            + " invalid_schema_name OR duplicate_object OR duplicate_function OR"
            + " dependent_objects_still_exist");
  }

  private static String block(String sql, String accepted) {
    return "DO "
        + Identifiers.literal(
            "BEGIN PERFORM pg_catalog.set_config('check_function_bodies', 'off', true); EXECUTE "
                + Identifiers.literal(sql)
                + "; EXCEPTION WHEN "
                + accepted
                + " THEN NULL; END");
  }

  /** The same text for all workers, errors about missing objects left out. */
  static SqlText tolerantText(Phrase statement) {
    return SqlText.made(tolerant(statement.text()));
  }
}
