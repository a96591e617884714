using LeakGallery.Hosting;

namespace Telemetry.Tracing;

internal sealed record RecordedSpan(string Name, long[] Timestamps);

internal static class SpanBuffer
{
    [ThreadStatic]
    private static List<RecordedSpan>? _spans;

    public static void Record(string name)
    {
        _spans ??= [];
        _spans.Add(new RecordedSpan(name, new long[100])); // allocates
    }
}

internal sealed class TracedService : IProgram
{
    public int RequestsPerSecond => 5000;

    public void Serve(int number) => SpanBuffer.Record("GET /"); // allocates
}
