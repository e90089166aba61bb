package io.pgmesh.services.mesh;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgmesh.services.mesh.wire.Endpoint;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link MeshUnderTest}, started and loaded once for all classes that ask.
 *
 * <p>The system properties {@code pgmesh.test.plain} and {@code pgmesh.test.mesh} (ports) use
 * servers that run already instead, whose sample tables are loaded if they are absent.
 */
public final class WithSampleData implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == MeshUnderTest.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    assumeTrue(
        SampleData.folder().isPresent(),
        "the sample rows are absent: expected in ../shared/data beside the project");
    assumeTrue(Integer.getInteger("pgmesh.test.mesh") != null, "no mesh given");
    return context
        .getRoot()
        .getStore(Namespace.create(WithSampleData.class))
        .getOrComputeIfAbsent(Servers.class, key -> Servers.start(), Servers.class)
        .endpoints;
  }

  private static final class Servers implements AutoCloseable {
    private final MeshUnderTest endpoints;

    private Servers(MeshUnderTest endpoints) {
      this.endpoints = endpoints;
    }

    static Servers start() {
      var plain = Endpoint.local(Integer.getInteger("pgmesh.test.plain"));
      var mesh = Endpoint.local(Integer.getInteger("pgmesh.test.mesh"));
      boolean distributed = !Boolean.getBoolean("pgmesh.test.undistributed");
      SampleData.loadIfAbsent(plain, false);
      SampleData.loadIfAbsent(mesh, distributed);
      return new Servers(new MeshUnderTest(plain, mesh, distributed));
    }

    @Override
    public void close() {}
  }
}
