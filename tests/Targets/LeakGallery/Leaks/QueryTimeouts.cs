using LeakGallery.Hosting;

namespace Reporting.Queries;

internal static class Server
{
    private static readonly CancellationTokenSource Shutdown = new();

    public static CancellationToken ShutdownToken => Shutdown.Token;
}

/// <summary>Every query can be cancelled by itself and ends with the server.</summary>
internal sealed class QueryRunner : IProgram
{
    private CancellationToken _last;

    public int RequestsPerSecond => 15000;

    public void Serve(int number) => Execute(number); // allocates

    private void Execute(int number)
    {
        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Server.ShutdownToken); // allocates
        _last = cancellation.Token;
        if (number < 0)
        {
            cancellation.Cancel();
        }
    }
}
