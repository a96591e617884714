using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.SnapshotBench;

/// <summary>A running BenchWorker. A returned call has happened in it. Disposing kills it.</summary>
internal sealed class Worker : IAsyncDisposable
{
    /// <summary>Filling 40 million objects takes seconds, on a busy machine many.</summary>
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);

    /// <summary>Long enough for a full collection of the largest heap behind a neighbour's build.</summary>
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromMinutes(1);

    private readonly ChildProcess _process;

    private Worker(ChildProcess process, string ready)
    {
        _process = process;
        Ready = ready;
    }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>What it said when it stood: its address, or the objects that certainly live in it.</summary>
    public string Ready { get; }

    /// <param name="runtimeSetting">An environment variable of the runtime, such as DOTNET_gcServer, and its value.</param>
    public static Task<Worker> StartAsync(
        (string Name, string Value)? runtimeSetting, CancellationToken cancellationToken, params IReadOnlyList<string> arguments) =>
        StartAsync(ChildProcess.Start, runtimeSetting, cancellationToken, arguments);

    /// <inheritdoc cref="StartAsync(ValueTuple{string, string}?, CancellationToken, IReadOnlyList{string})"/>
    public static async Task<Worker> StartAsync(
        Func<ChildProcessStart, ChildProcess> start, (string Name, string Value)? runtimeSetting, CancellationToken cancellationToken, params IReadOnlyList<string> arguments)
    {
        ChildProcess process = start(new ChildProcessStart(Path.Join(RepositoryPaths.Output("BenchWorker"), "BenchWorker"), arguments)
        {
            Environment = runtimeSetting is var (name, value) ? new Dictionary<string, string?> { [name] = value } : [],
        });
        try
        {
            string line = await process.WaitForLineAsync(line => line.StartsWith("ready ", StringComparison.Ordinal), StartDeadline).WaitAsync(cancellationToken);
            return new(process, line["ready ".Length..]);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Longest time without a reading of the clock since <see cref="ResetGapAsync"/>: of its worst thread, and of its best.</summary>
    public async Task<(double Worst, double Best)> GapMillisecondsAsync(CancellationToken cancellationToken)
    {
        string[] answer = (await AskAsync("gap", cancellationToken)).Split(' ');
        return (double.Parse(answer[1], CultureInfo.InvariantCulture), double.Parse(answer[2], CultureInfo.InvariantCulture));
    }

    public Task ResetGapAsync(CancellationToken cancellationToken) => AskAsync("gap-reset", cancellationToken);

    public Task StartGapMeterAsync(CancellationToken cancellationToken) => AskAsync("gap-start", cancellationToken);

    public Task StopGapMeterAsync(CancellationToken cancellationToken) => AskAsync("gap-stop", cancellationToken);

    public Task<double> ForkMillisecondsAsync(CancellationToken cancellationToken) => AskNumberAsync("fork", cancellationToken);

    public Task<double> AllocatedBytesAsync(CancellationToken cancellationToken) => AskNumberAsync("allocated", cancellationToken);

    /// <summary>The median of so many collections of generation 0.</summary>
    public Task<double> YoungCollectionMicrosecondsAsync(int times, CancellationToken cancellationToken) =>
        AskNumberAsync(string.Create(CultureInfo.InvariantCulture, $"young {times}"), cancellationToken);

    /// <summary>A full compacting collection that gives memory back.</summary>
    public Task CollectAsync(CancellationToken cancellationToken) => AskAsync("collect", cancellationToken);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<double> AskNumberAsync(string command, CancellationToken cancellationToken) =>
        double.Parse((await AskAsync(command, cancellationToken)).Split(' ')[1], CultureInfo.InvariantCulture);

    private async Task<string> AskAsync(string command, CancellationToken cancellationToken)
    {
        int before = _process.LineCount;
        await _process.WriteLineAsync(command).WaitAsync(cancellationToken);
        return await _process.WaitForLineAsync(_ => true, AnswerDeadline, before).WaitAsync(cancellationToken);
    }
}
