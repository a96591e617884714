using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HeapDrift.TestKit;

/// <summary>
/// A real process under test. Its output is collected from the start and is part of every failure message. Disposing kills it
/// and its descendants (not those whose parent has already gone: they belong to init then). Thread-safe.
/// </summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    // A grandchild can hold the pipes open for ever after the process itself has ended.
    private static readonly TimeSpan OutputDrainDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KillDeadline = TimeSpan.FromSeconds(10);

    // Told from every line that a process can print by its reference.
    private static readonly string EndOfOutput = new('\0', 1);

    private readonly Process _process;
    private readonly ProcessOutput _output = new();
    private readonly Task _reading;
    private readonly string _commandLine;
    private int _disposed;

    private ChildProcess(Process process, string commandLine)
    {
        _process = process;
        _commandLine = commandLine;
        Id = process.Id;
        _reading = Task.WhenAll(
            _output.ReadAsync(process.StandardOutput, isError: false), _output.ReadAsync(process.StandardError, isError: true));
    }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>A snapshot of the lines on standard output so far.</summary>
    public IReadOnlyList<string> StdoutLines => _output.Lines(isError: false);

    /// <summary>A snapshot of the lines on standard error so far.</summary>
    public IReadOnlyList<string> StderrLines => _output.Lines(isError: true);

    /// <summary>The number of lines on both streams so far: the mark for <see cref="WaitForLineAsync"/>.</summary>
    public int LineCount => _output.Count;

    public static ChildProcess Start(ChildProcessStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        var info = new ProcessStartInfo(start.File, start.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = start.WorkingDirectory ?? string.Empty,
        };
        foreach (var (name, value) in start.Environment)
        {
            if (value is null)
            {
                info.Environment.Remove(name);
            }
            else
            {
                info.Environment[name] = value;
            }
        }

        return new ChildProcess(Process.Start(info)!, start.ToString());
    }

    /// <summary>Runs a process with nothing on its standard input to its end; at the deadline kills it and says what it printed.</summary>
    public static async Task<ProcessResult> RunAsync(ChildProcessStart start, TimeSpan deadline)
    {
        await using var process = Start(start);
        process.CloseInput();
        var exit = await process.WaitForExitAsync(deadline);
        return new ProcessResult(exit.Code, Text(process.StdoutLines), Text(process.StderrLines));
    }

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Waits for a line on either stream; earlier lines count too, except the first <paramref name="after"/>.</summary>
    public async Task<string> WaitForLineAsync(Func<string, bool> predicate, TimeSpan deadline, int after = 0)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var found = await Eventually.ValueAsync(
            () =>
            {
                // Asked before looking: what a process printed before it ended is still found.
                var ended = _reading.IsCompleted;
                return _output.FirstMatch(predicate, after) ?? (ended ? EndOfOutput : null);
            },
            deadline,
            $"{_commandLine} prints the expected line",
            Describe);
        return ReferenceEquals(found, EndOfOutput)
            ? throw new InvalidOperationException($"It ended without printing the expected line: {Describe()}")
            : found;
    }

    public async Task<ProcessExit> WaitForExitAsync(TimeSpan deadline)
    {
        using var timeout = new CancellationTokenSource(deadline);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Still running after {deadline.TotalSeconds:0.###} s: {Describe()}");
        }

        await Task.WhenAny(_reading, Task.Delay(OutputDrainDeadline));
        return new ProcessExit(_process.ExitCode);
    }

    /// <summary>Sends a signal by its Linux number.</summary>
    public void Signal(int signal)
    {
        if (HasExited)
        {
            // Its id may belong to another process by now.
            throw new InvalidOperationException($"Cannot send signal {signal}: {Describe()}");
        }

        Signal(Id, signal);
    }

    /// <summary>The same to a descendant that the test has the id of.</summary>
    public static void Signal(int processId, int signal)
    {
        if (Kill(processId, signal) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"kill({processId}, {signal}): {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>What it is, whether it runs, and what it has printed: for assertion messages.</summary>
    public string Describe() =>
        $"{_commandLine} (process {Id}, {(HasExited ? new ProcessExit(_process.ExitCode) : "running")})\n{_output}";

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            _process.Kill(entireProcessTree: true);
            await WaitForExitAsync(KillDeadline);
        }
        finally
        {
            _process.Dispose();
        }
    }

    private static string Text(IReadOnlyList<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int processId, int signal);
}
