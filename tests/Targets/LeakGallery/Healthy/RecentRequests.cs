using LeakGallery.Hosting;

namespace Monitoring.Recent;

internal sealed record SeenRequest(int Number, string Path, long[] Timings);

/// <summary>A ring of the last requests; the newest takes the place of the oldest.</summary>
internal sealed class RecentRequests : IProgram
{
    private static readonly SeenRequest[] Ring = [.. Enumerable.Range(0, 5000).Select(i => new SeenRequest(i, $"/orders/{i}", new long[50]))];

    public int RequestsPerSecond => 3000;

    public void Serve(int number) => Ring[number % Ring.Length] = new SeenRequest(number, $"/orders/{number}", new long[50]);
}
