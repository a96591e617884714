using System.Diagnostics;
using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.SnapshotBench.Rows;

/// <summary>
/// What a loaded service loses by being watched: requests for each second of processor time, the agent's own counted in, against turns in which nobody
/// watches it. Turns are short, alternate in random order, and every third one is a control: it is measured like a watched one, and nobody watches.
/// The service and the agent share the first half of the processors, the load has the others.
/// </summary>
internal static class WatchingRow
{
    private const double LeastThroughput = 0.995;

    /// <summary>A block is a turn without, one with the agent, and one more without.</summary>
    private const int BlocksEach = 5;

    private const int TurnsBefore = 3;

    /// <summary>Counters and readings of memory come every ten seconds: one of each in every watched turn.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);

    /// <summary>Longer than it takes to open or close a session.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    /// <summary>Both have compiled what they run.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(45);

    public static async Task<IReadOnlyList<Row>> MeasureAsync(BenchRun run)
    {
        await run.EndHeapWorkerAsync();
        Processors processors = Processors.Halved();
        await using Worker worker = await Worker.StartAsync(processors.StartOnFirst, ("DOTNET_gcServer", "1"), run.CancellationToken, "web");
        await using WatchSwitch agent = await WatchSwitch.StartAsync(processors.StartOnFirst, run.CancellationToken);
        await processors.MoveToSecondAsync(Environment.ProcessId);
        try
        {
            await using var load = new LoadDriver(new Uri(worker.Ready), think: TimeSpan.Zero);
            await Task.Delay(WarmUp, run.CancellationToken);
            return [await MeasureAsync(run, new Scene(worker, agent, load, processors.Describe()))];
        }
        finally
        {
            await processors.MoveToAllAsync(Environment.ProcessId);
        }
    }

    private static async Task<Row> MeasureAsync(BenchRun run, Scene scene)
    {
        var before = new List<ServedTurn>();
        for (int i = 0; i < TurnsBefore; i++)
        {
            before.Add(await ServeAsync(scene, isWatched: false, run.CancellationToken));
        }

        var blocks = new List<Block>();
#pragma warning disable CA5394 // Nothing is secret.
        var random = new Random(1);
        for (int i = 0; i < run.Options.Repeat * BlocksEach; i++)
        {
            var turns = new ServedTurn[Block.Turns];
            int[] order = [.. Enumerable.Range(0, Block.Turns)];
            random.Shuffle(order);
            foreach (int which in order)
            {
                turns[which] = await ServeAsync(scene, which == Block.WatchedTurn, run.CancellationToken);
            }

            blocks.Add(new(turns));
            Screen.Progress($"watching {i + 1}/{run.Options.Repeat * BlocksEach}: {blocks[^1]}");
        }
#pragma warning restore CA5394

        return Describe(scene, before, blocks);
    }

    private static async Task<ServedTurn> ServeAsync(Scene scene, bool isWatched, CancellationToken cancellationToken)
    {
        if (isWatched)
        {
            await scene.Agent.OnAsync(scene.Worker.Pid, cancellationToken);
        }

        await Task.Delay(Settle, cancellationToken);
        using var worker = Process.GetProcessById(scene.Worker.Pid);
        using var agent = Process.GetProcessById(scene.Agent.AgentPid);
        (TimeSpan workers, TimeSpan agents, long requests, long started) = (worker.TotalProcessorTime, agent.TotalProcessorTime, scene.Load.Requests, Stopwatch.GetTimestamp());
        await Task.Delay(Turn, cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        worker.Refresh();
        agent.Refresh();
        var turn = new ServedTurn(
            scene.Load.Requests - requests,
            seconds,
            (worker.TotalProcessorTime - workers).TotalSeconds,
            isWatched ? (agent.TotalProcessorTime - agents).TotalSeconds : 0);
        if (isWatched)
        {
            bool isHeard = await scene.Agent.HearsAsync(scene.Worker.Pid, cancellationToken);
            await scene.Agent.OffAsync(scene.Worker.Pid, cancellationToken);
            return isHeard ? turn : throw new RowException("the agent heard nothing of the service's collector in a turn in which it should have watched it");
        }

        return turn;
    }

    private static Row Describe(Scene scene, List<ServedTurn> before, List<Block> blocks)
    {
        RatioInterval watched = RatioInterval.Of([.. blocks.Select(block => block.WatchedRatio(turn => turn.RequestsPerProcessorSecond))]);
        RatioInterval control = RatioInterval.Of([.. blocks.Select(block => block.ControlRatio(turn => turn.RequestsPerProcessorSecond))]);
        RatioInterval clock = RatioInterval.Of([.. blocks.Select(block => block.WatchedRatio(turn => turn.RequestsPerSecond))]);
        double[] without = [.. blocks.SelectMany(block => new[] { block.Without, block.Control }).Select(turn => turn.RequestsPerProcessorSecond)];
        double ever = new Spread([.. before.Select(turn => turn.RequestsPerProcessorSecond)]).Median;
        return new(
            "throughput of a loaded service with the agent watching, for each second of processor time",
            new Spread([.. blocks.Select(block => block.Watched.RequestsPerProcessorSecond)]).Show(Rate),
            $"nobody watches: {new Spread([.. blocks.Select(block => block.Without.RequestsPerProcessorSecond)]).Show(Rate)}",
            watched.ToString(),
            string.Create(CultureInfo.InvariantCulture, $">= {LeastThroughput}"),
            watched.IsAtLeast(LeastThroughput))
        {
            Notes =
            [
                $"watching: ratios are medians of {blocks.Count} pairs of turns of {Turn.TotalSeconds} s, with what 95 of 100 such runs give (bootstrap); processor time of the agent is counted in. {scene.Processors}",
                $"watching: control, two turns without the agent: {control}; by the clock instead of processor time: {clock}",
                string.Create(CultureInfo.InvariantCulture, $"watching: of the processor time, the agent took {blocks.Average(block => block.Watched.AgentSeconds / (block.Watched.AgentSeconds + block.Watched.WorkerSeconds)):P2}; {before.Count} turns before the service was ever watched: {ever / new Spread(without).Median:N3} of those without"),
                .. watched.IsAtLeast(LeastThroughput) is null ? (string[])["watching: the interval is too wide to tell; a larger --repeat makes it narrower"] : [],
                .. scene.Load.Failed == 0 ? (string[])[] : [$"watching: {scene.Load.Failed} requests failed: {scene.Load.FirstFailure}"],
            ],
        };
    }

    private static string Rate(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:N0}");

    private sealed record Scene(Worker Worker, WatchSwitch Agent, LoadDriver Load, string Processors);

    /// <summary>Turns that are compared with one another, because they were near one another.</summary>
    private sealed record Block(ServedTurn[] All)
    {
        public const int Turns = 3;
        public const int WatchedTurn = 1;

        public ServedTurn Without => All[0];

        public ServedTurn Watched => All[WatchedTurn];

        public ServedTurn Control => All[2];

        public double WatchedRatio(Func<ServedTurn, double> rate) => rate(Watched) / rate(Without);

        public double ControlRatio(Func<ServedTurn, double> rate) => rate(Control) / rate(Without);

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"watched {WatchedRatio(turn => turn.RequestsPerProcessorSecond):N4}, control {ControlRatio(turn => turn.RequestsPerProcessorSecond):N4}, by the clock {WatchedRatio(turn => turn.RequestsPerSecond):N4} and {ControlRatio(turn => turn.RequestsPerSecond):N4}, agent {Watched.AgentSeconds:N2} s, {Without.RequestsPerSecond:N0} requests/s");
    }
}
