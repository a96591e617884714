using System.Runtime.InteropServices;

namespace HeapDrift.Benches;

/// <summary>Ctrl-C and SIGTERM end the programs that a bench has started, and then the bench.</summary>
internal static class Interruption
{
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> bench)
    {
        using var stopping = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await bench(stopping.Token);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
    }
}
