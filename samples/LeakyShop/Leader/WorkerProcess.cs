using System.Diagnostics;
using System.Globalization;

namespace Shop.Leader;

/// <summary>One worker, seen from the leader. Its standard input is a pipe that says nothing and whose end says: stop.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process)
    {
        _process = process;
        Pid = process.Id;
    }

    public int Pid { get; }

    /// <summary>As a shell shows it: 128 + N where signal N ended the worker.</summary>
    public int ExitStatus => _process.ExitCode;

    /// <summary>Starts this very program again, with the same options and the socket.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The kernel starts no more processes.</exception>
    public static WorkerProcess Start(IEnumerable<string> args, int listenDescriptor)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true };
        if (Path.GetFileName(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        }

        foreach (var arg in args.Concat(SocketInsteadOfAddress(listenDescriptor)))
        {
            start.ArgumentList.Add(arg);
        }

        return new WorkerProcess(Process.Start(start)!);
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <returns>False if the worker had to be killed.</returns>
    public async Task<bool> StopAsync(TimeSpan deadline)
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(deadline);
        try
        {
            await WaitForExitAsync(patience.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await WaitForExitAsync(CancellationToken.None);
            return false;
        }
    }

    public void Dispose() => _process.Dispose();

    /// <summary>The last value of an option counts. Kestrel warns of an address that it was given and does not bind.</summary>
    private static string[] SocketInsteadOfAddress(int listenDescriptor) =>
        ["--urls", "", "--http_ports", "", ShopOptions.ListenHandleOption, listenDescriptor.ToString(CultureInfo.InvariantCulture)];
}
