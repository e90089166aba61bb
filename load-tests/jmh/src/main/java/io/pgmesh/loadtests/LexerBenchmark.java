package io.pgmesh.loadtests;

import io.pgmesh.router.sql.Lexer;
import io.pgmesh.router.sql.Phrase;
import io.pgmesh.router.sql.StatementShape;
import io.pgmesh.router.sql.StatementSplitter;
import io.pgmesh.router.sql.Token;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From a text to its tokens, and on to the shape under which the statement cache looks. */
@State(Scope.Thread)
public class LexerBenchmark {
  /** What is read. */
  public enum Text {
    POINT_QUERY,
    REPORT,
    INSERT_OF_TWENTY
  }

  @Param public Text text;

  private Ring<String> texts;

  @Setup
  public void setUp() {
    texts =
        Ring.of(
            switch (text) {
              case POINT_QUERY -> Texts::pointQuery;
              case REPORT -> Texts::report;
              case INSERT_OF_TWENTY -> Texts::insertOfTwenty;
            });
  }

  @Benchmark
  public List<Token> tokens() {
    return Lexer.tokens(texts.next());
  }

  @Benchmark
  public String shape() {
    String sql = texts.next();
    return StatementShape.of(Phrase.of(sql, Lexer.tokens(sql)));
  }

  @Benchmark
  public List<StatementSplitter.Piece> split() {
    return StatementSplitter.split(texts.next());
  }
}
