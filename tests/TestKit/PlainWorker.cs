using System.Globalization;

namespace HeapDrift.TestKit;

/// <summary>
/// A running tests/Targets/PlainWorker: a console program with a known heap, no HeapDrift package and no ASP.NET.
/// Its answers to commands are awaited, so a returned call has happened in the worker.
/// </summary>
public sealed class PlainWorker : IAsyncDisposable
{
    // Starting takes a tenth of a second on an idle machine and seconds on one that compiles at the same time.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private PlainWorker(ChildProcess process, string frameworkDescription)
    {
        Process = process;
        FrameworkDescription = frameworkDescription;
    }

    public ChildProcess Process { get; }

    public int Id => Process.Id;

    /// <summary>The runtime that it really runs on, in its own words: ".NET 8.0.31".</summary>
    public string FrameworkDescription { get; }

    /// <summary>Starts it on .NET 8, 9 or 10 and returns when its heap stands and its signal handlers are registered.</summary>
    public static Task<PlainWorker> StartAsync(int major, params IReadOnlyList<string> arguments) =>
        StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(major), arguments));

    /// <summary>The same with an environment, or through another program (a shell that sets limits or signal dispositions).</summary>
    public static async Task<PlainWorker> StartAsync(ChildProcessStart start)
    {
        var process = ChildProcess.Start(start);
        try
        {
            var ready = await process.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), Deadline);
            return new PlainWorker(process, ready.Split(' ', 3)[2]);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds that many <c>Targets.LeakedThing</c> (80 bytes each) to <c>Targets.Registry.Things</c>.</summary>
    public Task LeakAsync(int count) => AskAsync(string.Create(CultureInfo.InvariantCulture, $"leak {count}"), "leaked");

    /// <summary>A full blocking garbage collection.</summary>
    public Task CollectAsync() => AskAsync("gc", "collected");

    /// <summary>A blocking collection of this generation and those before it.</summary>
    public Task CollectAsync(int generation) => AskAsync(string.Create(CultureInfo.InvariantCulture, $"gc {generation}"), "collected");

    /// <summary>What its own runtime says of its collector.</summary>
    public async Task<GcFigures> FiguresAsync() => GcFigures.Parse(await AskAsync("figures", "figures"));

    /// <summary>Asks it to end.</summary>
    public async Task<ProcessExit> ExitAsync()
    {
        await Process.WriteLineAsync("exit");
        return await Process.WaitForExitAsync(Deadline);
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private async Task<string> AskAsync(string command, string answer)
    {
        var before = Process.LineCount;
        await Process.WriteLineAsync(command);
        return await Process.WaitForLineAsync(line => line.StartsWith(answer, StringComparison.Ordinal), Deadline, before);
    }
}
