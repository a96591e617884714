using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Demo;

/// <summary>A process of the demo's. Its last lines are remembered; disposal ends it, and its children.</summary>
internal sealed class DemoProcess : IDisposable
{
    private const int RememberedLines = 200;

    /// <summary>For what it has to clear away itself, its diagnostics socket for instance.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private DemoProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Remember(line.Data);
        process.ErrorDataReceived += (_, line) => Remember(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>
    /// The word that the demo's shop and agent know each other by: an agent of this machine would be passed the signals of the shop otherwise.
    /// </summary>
    public static string AgentName { get; } = $"demo-{Environment.ProcessId}";

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it said last, for an error message.</summary>
    public string LastLines => string.Join('\n', _lines.TakeLast(10));

    /// <exception cref="DemoException">It cannot be started.</exception>
    public static DemoProcess Start(string executable, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = Path.GetDirectoryName(executable),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[WorkerDirectory.AgentVariable] = AgentName;

        // The runtime that runs this tool runs it too, wherever it was installed.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Join(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        try
        {
            return new DemoProcess(Process.Start(start)!);
        }
        catch (Win32Exception refused)
        {
            throw new DemoException($"{executable} cannot be started: {refused.Message}");
        }
    }

    /// <summary>On loopback, free a moment ago.</summary>
    public static Uri FreeAddress()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
    }

    public void Dispose()
    {
        if (!_process.HasExited && ProcessSignal.TrySendTerm(Pid, () => !_process.HasExited) == SignalResult.Sent)
        {
            _process.WaitForExit(EndPatience);
        }

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
}
