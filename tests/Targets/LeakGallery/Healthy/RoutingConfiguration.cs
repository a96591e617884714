using LeakGallery.Hosting;

namespace Gateway.Routing;

internal sealed record Route(string Path, string[] Targets, byte[] Policy);

internal sealed record RoutingSnapshot(int Version, IReadOnlyDictionary<string, Route> Routes);

/// <summary>The whole configuration is read again, and takes the place of the one before.</summary>
internal sealed class RoutingConfiguration : IProgram
{
    private static volatile RoutingSnapshot _current = Read(0);

    public int RequestsPerSecond => 2;

    public int Version => _current.Version;

    public void Serve(int number) => _current = Read(number);

    private static RoutingSnapshot Read(int version) => new(
        version,
        Enumerable.Range(0, 5000).ToDictionary(i => $"/route/{i}", i => new Route($"/route/{i}", [$"host{i}", $"host{i + version}"], new byte[500])));
}
