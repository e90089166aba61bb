package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.Inspected;
import io.pgmesh.contracts.catalog.CatalogSnapshot;
import io.pgmesh.router.planner.StatementPlanner.PlannedStatement;
import io.pgmesh.router.planner.StatementPlanner.SessionView;
import io.pgmesh.router.sql.LiftedConstants;
import io.pgmesh.router.sql.ParsedStatement;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.Token;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A statement and what is known of it so far; kept as long as it is prepared or cached, looked at
 * anew when the {@link Basis} changes.
 */
public final class Prepared {
  // As thousands of kept statements take on a heap: right within a third.
  private static final int STATEMENT_BYTES = 2_000;
  private static final int TOKEN_BYTES = 300;
  private static final long INSPECTION_BYTES = 400;
  private static final long RELATION_BYTES = 200;

  /** Texts of a shape that are sent as they are: a question for fewer would not be worth it. */
  private static final int LIFTED_AFTER = 3;

  private final Phrase text;
  private final List<Long> declaredTypes;
  private final Like like;
  private final SqlReader reader;
  private Optional<ParsedStatement> parsed = Optional.empty();
  private Optional<Planning> planning = Optional.empty();
  private boolean constantsInspected;

  /**
   * What an inspection holds for, compared by identity.
   *
   * @param settings changes whenever a setting may have changed
   */
  record Basis(CatalogSnapshot catalog, Object settings) {
    boolean same(Basis other) {
      return catalog == other.catalog && settings == other.settings;
    }
  }

  private record Inspection(Basis basis, Inspected found) {
    long heldBytes() {
      return found.rowDescription().length() + RELATION_BYTES * found.relations().size();
    }
  }

  private record Planning(Basis basis, SessionView view, PlannedStatement planned) {
    boolean holds(Basis now, SessionView nowSeen) {
      return basis.same(now) && view.equals(nowSeen);
    }
  }

  /** Whether constants of a statement may become parameters. */
  private enum Lifting {
    UNTRIED,
    ALLOWED,
    REFUSED
  }

  /** What statements that differ in constants only have in common: what was found out last. */
  static final class Like {
    private Optional<Inspection> inspection = Optional.empty();
    private Optional<Planning> planning = Optional.empty();
    private Optional<StatementCache.Kept> kept = Optional.empty();
    private Lifting lifting = Lifting.UNTRIED;
    private int comings;

    /** Where the cache has it. */
    Optional<StatementCache.Kept> kept() {
      return kept;
    }

    void kept(StatementCache.Kept entry) {
      kept = Optional.of(entry);
    }
  }

  Prepared(Phrase text, List<Long> declaredTypes, Like like, SqlReader reader) {
    this.text = text;
    this.declaredTypes = declaredTypes;
    this.like = like;
    this.reader = reader;
  }

  /** The client's text of this statement. */
  public String sql() {
    return text.sql();
  }

  /** The word that it begins with, folded; empty where it begins with anything else. */
  String firstWord() {
    if (text.isEmpty()) { // of the loopback, which reads its own texts
      return text.sql().strip().split("[\\s;]", 2)[0].toLowerCase(Locale.ROOT);
    }
    return text.first().kind() == Token.Kind.WORD ? text.first().value() : "";
  }

  /** Parameter types as in Parse; fewer than parameters, or 0, where the client left them open. */
  public List<Long> declaredTypes() {
    return declaredTypes;
  }

  /** Parameter types as well as they are known. */
  public List<Long> knownTypes() {
    return like.inspection.map(known -> known.found.parameterTypes()).orElse(declaredTypes);
  }

  /** How many parameters it has, once it has been inspected. */
  public OptionalInt parameters() {
    return like.inspection
        .map(known -> OptionalInt.of(known.found.parameterTypes().size()))
        .orElseGet(OptionalInt::empty);
  }

  Like like() {
    return like;
  }

  /**
   * About how much memory it takes with all that is known of it: its tokens were read twice, and
   * the planner's notes hold parts of them.
   */
  long heldBytes() {
    return STATEMENT_BYTES
        + 2L * text.sql().length()
        + (long) TOKEN_BYTES * text.size()
        + like.inspection.map(known -> INSPECTION_BYTES + known.heldBytes()).orElse(0L)
        + like.planning.map(known -> known.planned.heldBytes()).orElse(0L);
  }

  ParsedStatement parsed() {
    if (parsed.isEmpty()) {
      parsed = Optional.of(reader.parse(text.sql()));
    }
    return parsed.get();
  }

  Optional<Inspected> inspected(Basis basis) {
    return like.inspection.filter(known -> known.basis.same(basis)).map(Inspection::found);
  }

  /** Whether PostgreSQL has accepted this very text, not only one like it. */
  boolean constantsInspected() {
    return constantsInspected;
  }

  void markConstantsInspected() {
    constantsInspected = true;
  }

  void inspected(Basis basis, Inspected found) {
    constantsInspected = true;
    like.inspection = Optional.of(new Inspection(basis, found));
    like.planning = Optional.empty();
    like.lifting = Lifting.UNTRIED;
    planning = Optional.empty();
  }

  /**
   * What the server has to say whether constants of this text may be parameters: empty when that is
   * known, or not worth the question yet.
   */
  Optional<LiftedConstants> liftingToTry(Basis basis) {
    boolean due =
        like.lifting == Lifting.UNTRIED
            && like.planning.isPresent()
            && inspected(basis).isPresent()
            && ++like.comings > LIFTED_AFTER;
    if (!due) {
      return Optional.empty();
    }
    like.lifting = Lifting.REFUSED; // unless it is allowed
    return LiftedConstants.of(text);
  }

  /** With parameters it gives the same rows as without. */
  void allowLifting() {
    like.lifting = Lifting.ALLOWED;
  }

  /** Its plan as made before, or made from that of a statement like it. */
  Optional<PlannedStatement> planned(Basis basis, SessionView view) {
    if (planning.isPresent() && planning.get().holds(basis, view)) {
      return Optional.of(planning.get().planned);
    }
    planning =
        like.planning
            .filter(known -> known.holds(basis, view))
            .flatMap(known -> likeThis(known.planned))
            .map(planned -> new Planning(basis, view, planned));
    return planning.map(Planning::planned);
  }

  private Optional<PlannedStatement> likeThis(PlannedStatement planned) {
    Optional<PlannedStatement> lifted =
        like.lifting == Lifting.ALLOWED ? planned.withParametersFor(text) : Optional.empty();
    return lifted.or(() -> planned.forConstantsOf(text));
  }

  void planned(Basis basis, SessionView view, PlannedStatement planned) {
    planning = Optional.of(new Planning(basis, view, planned));
    like.planning = planning;
  }
}
