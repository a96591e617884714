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
    private const int YoungCollections = 1_000;
    private const int YoungRounds = 5;

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
            List<Block> blocks;
            List<ServedTurn> before = [];
            string[] failures;
            await using (var load = new LoadDriver(new Uri(worker.Ready), think: TimeSpan.Zero))
            {
                await Task.Delay(WarmUp, run.CancellationToken);
                var scene = new Scene(worker, agent, load);
                for (int i = 0; i < TurnsBefore; i++)
                {
                    before.Add(await ServeAsync(scene, isWatched: false, run.CancellationToken));
                }

                blocks = await ServeAsync(run, scene);
                failures = load.Failed == 0 ? [] : [$"watching: {load.Failed} requests failed: {load.FirstFailure}"];
            }

            double eventSeconds = await EventsOfCollectionAsync(worker, agent, run.CancellationToken);
            return [Compare(before, blocks, processors.Describe(), failures), Account(blocks, eventSeconds)];
        }
        finally
        {
            await processors.MoveToAllAsync(Environment.ProcessId);
        }
    }

    private static async Task<List<Block>> ServeAsync(BenchRun run, Scene scene)
    {
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

        return blocks;
    }

    /// <summary>What the events of a collection cost the thread that collects: collections with a session against those without, in turns.</summary>
    private static async Task<double> EventsOfCollectionAsync(Worker worker, WatchSwitch agent, CancellationToken cancellationToken)
    {
        var more = new List<double>();
        for (int i = 0; i < YoungRounds; i++)
        {
            double alone = await worker.YoungCollectionMicrosecondsAsync(YoungCollections, cancellationToken);
            await agent.OnAsync(worker.Pid, cancellationToken);
            await Task.Delay(Settle, cancellationToken);
            more.Add(await worker.YoungCollectionMicrosecondsAsync(YoungCollections, cancellationToken) - alone);
            await agent.OffAsync(worker.Pid, cancellationToken);
            Screen.Progress($"watching: a collection takes {more[^1]:N1} microseconds more than {alone:N1}");
        }

        return Math.Max(0, new Spread(more).Median) / 1e6;
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
        double session = SessionThreads.Seconds(scene.Worker.Pid);
        (TimeSpan workers, TimeSpan agents, long requests, long started) = (worker.TotalProcessorTime, agent.TotalProcessorTime, scene.Load.Requests, Stopwatch.GetTimestamp());
        await Task.Delay(Turn, cancellationToken);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        worker.Refresh();
        agent.Refresh();
        var turn = new ServedTurn(
            scene.Load.Requests - requests,
            seconds,
            (worker.TotalProcessorTime - workers).TotalSeconds,
            isWatched ? (agent.TotalProcessorTime - agents).TotalSeconds : 0,
            SessionThreads.Seconds(scene.Worker.Pid) - session,
            Collections: 0);
        if (isWatched)
        {
            double? collections = await scene.Agent.CollectionsAsync(scene.Worker.Pid, cancellationToken);
            await scene.Agent.OffAsync(scene.Worker.Pid, cancellationToken);
            return turn with
            {
                Collections = collections ?? throw new RowException("the agent heard nothing of the service's collector in a turn in which it should have watched it"),
            };
        }

        return turn;
    }

    private static Row Compare(List<ServedTurn> before, List<Block> blocks, string processors, string[] failures)
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
                $"watching: ratios are medians of {blocks.Count} pairs of turns of {Turn.TotalSeconds} s, with what 95 of 100 such runs give (bootstrap); processor time of the agent is counted in. {processors}",
                $"watching: control, two turns without the agent: {control}; by the clock instead of processor time: {clock}",
                string.Create(CultureInfo.InvariantCulture, $"watching: {before.Count} turns before the service was ever watched: {ever / new Spread(without).Median:N3} of those without"),
                .. watched.IsAtLeast(LeastThroughput) is null ? (string[])["watching: the interval is too wide to tell; a larger --repeat makes it narrower"] : [],
                .. failures,
            ],
        };
    }

    /// <summary>The same by adding up, which no neighbour disturbs: what is known to run only because somebody watches.</summary>
    private static Row Account(List<Block> blocks, double eventSeconds)
    {
        ServedTurn[] watched = [.. blocks.Select(block => block.Watched)];
        double agent = new Spread([.. watched.Select(turn => turn.AgentSeconds / (turn.WorkerSeconds + turn.AgentSeconds))]).Median;
        double session = new Spread([.. watched.Select(turn => turn.SessionSeconds / (turn.WorkerSeconds + turn.AgentSeconds))]).Median;
        double collections = new Spread([.. watched.Select(turn => turn.Collections / turn.Seconds)]).Median;
        double events = new Spread([.. watched.Select(turn => turn.Collections * eventSeconds / (turn.WorkerSeconds + turn.AgentSeconds))]).Median;
        double all = agent + session + events;
        return new(
            "processor time that watching takes of that, added up",
            string.Create(CultureInfo.InvariantCulture, $"agent {agent:P2}, session {session:P2}, events {events:P2}"),
            "all that the service takes",
            string.Create(CultureInfo.InvariantCulture, $"{all:P2}"),
            string.Create(CultureInfo.InvariantCulture, $"<= {1 - LeastThroughput:P1}"),
            all <= 1 - LeastThroughput)
        {
            Notes = [string.Create(CultureInfo.InvariantCulture, $"watching: session is the two threads in the service that send and that count; events are those of {collections:N1} collections a second, {eventSeconds * 1e6:N1} microseconds each")],
        };
    }

    private static string Rate(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:N0}");

    private sealed record Scene(Worker Worker, WatchSwitch Agent, LoadDriver Load);

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
