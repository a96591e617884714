using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using HeapDrift.Collector.Discovery;

namespace HeapDrift.Collector.Demo;

/// <summary>The sample service as a child process, with its own copy of HeapDrift's package as a user would have it.</summary>
internal sealed class DemoShop : IDisposable
{
    private const int RememberedLines = 200;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private DemoShop(Process process, Uri address)
    {
        _process = process;
        Address = address;
        process.OutputDataReceived += (_, line) => Remember(line.Data);
        process.ErrorDataReceived += (_, line) => Remember(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it said last, for an error message.</summary>
    public string LastLines => string.Join('\n', _lines.TakeLast(10));

    /// <exception cref="DemoException">The sample is not there or cannot be started.</exception>
    public static DemoShop Start(string output)
    {
        string executable = Path.Join(AppContext.BaseDirectory, "demo", "LeakyShop");
        if (!File.Exists(executable))
        {
            throw new DemoException($"the sample service is missing: {executable} comes with the build of the Collector project");
        }

        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo(executable, ["--urls", address.ToString()])
        {
            WorkingDirectory = Path.GetDirectoryName(executable),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HeapDrift__CollectorPath"] = Environment.ProcessPath;
        start.Environment["HeapDrift__OutputDirectory"] = output;
        start.Environment["HeapDrift__Window"] = "00:00:30";

        // An agent of this machine would be passed the signals that the demo sends.
        start.Environment[WorkerDirectory.AgentVariable] = "off";

        // The runtime that runs this tool runs the sample too, wherever it was installed.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Join(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        try
        {
            return new DemoShop(Process.Start(start)!, address);
        }
        catch (Win32Exception refused)
        {
            throw new DemoException($"{executable} cannot be started: {refused.Message}");
        }
    }

    /// <summary>Whether it has written a line with these words.</summary>
    public bool HasSaid(string words) => _lines.Any(line => line.Contains(words, StringComparison.Ordinal));

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Remember(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
            while (_lines.Count > RememberedLines)
            {
                _lines.TryDequeue(out _);
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
