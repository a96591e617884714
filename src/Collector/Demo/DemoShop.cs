using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Demo;

/// <summary>The sample service as a child process, with its own copy of HeapDrift's package as a user would have it.</summary>
internal sealed class DemoShop : IDisposable
{
    /// <param name="output">The folder for reports of its own.</param>
    /// <exception cref="DemoException">The sample is not there or cannot be started.</exception>
    public DemoShop(string output)
    {
        string executable = Path.Join(AppContext.BaseDirectory, "demo", "LeakyShop");
        if (!File.Exists(executable))
        {
            throw new DemoException($"the sample service is missing: {executable} comes with the build of the Collector project");
        }

        var environment = new Dictionary<string, string>
        {
            ["HeapDrift__CollectorPath"] = OwnExecutable.Path,
            ["HeapDrift__OutputDirectory"] = output,
        };
        Process = DemoProcess.Start(executable, ["--urls", Address.ToString()], environment);
    }

    public DemoProcess Process { get; }

    public Uri Address { get; } = DemoProcess.FreeAddress();

    public bool IsArmed => new ProcFileSystem().TryReadStatus(Process.Pid).Value?.Usr2 == SignalDisposition.Caught;

    /// <summary>As <c>kill -USR2</c> does.</summary>
    /// <exception cref="DemoException">It is not there any more.</exception>
    public void Signal()
    {
        if (ProcessSignal.TrySendUsr2(Process.Pid, () => IsArmed) != SignalResult.Sent)
        {
            throw new DemoException($"SIGUSR2 could not be sent to the shop. It said:\n{Process.LastLines}");
        }
    }

    public void Dispose() => Process.Dispose();
}
