using System.Globalization;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Engines.EventPipe;
using HeapDrift.Collector.Symbols;
using HeapDrift.Collector.Tests.Engines.CopyOnWrite;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Stacks;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>
/// Threads that stand in a method of every kind, each of which says which file and line that is; looked at from outside in both ways that an
/// engine has.
/// </summary>
public sealed class RealFrameTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task EveryKindOfMethodIsNamedAsInItsSourceWithFileAndLine(int major)
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(major, "--frames");
        IReadOnlyList<Sighting> sightings = Sighting.Of(worker);
        Assert.Equal(ShapeNames.Expected.Keys.Order(), sightings.Select(seen => seen.Shape).Order());

        WorkerStacks stacks = await WorkerStacks.TakeAsync(ForeignProcess.Pid(worker.Process));
        IReadOnlyDictionary<ulong, RawFrame> methods = await MethodsAsync(ForeignProcess.Pid(worker.Process), sightings.Select(seen => Standing(stacks, seen).Address));
        using var lines = new SourceLines(new PdbSearch(string.Create(CultureInfo.InvariantCulture, $"/proc/{ForeignProcess.Pid(worker.Process)}/root"), null));

        Assert.Multiple([.. sightings.Select<Sighting, Action>(seen => () =>
        {
            StackEntry entry = Standing(stacks, seen);
            string place = $"{seen.File}:{seen.Line}";

            // Of the generic methods of one worker in thirty the DAC tells no map; then only the file is known.
            bool isUntold = entry.Frame.ILOffset is null && seen.File.EndsWith("/Cache.cs", StringComparison.Ordinal);
            Assert.Equal($"{ShapeNames.Expected[seen.Shape]} at {(isUntold ? seen.File : place)}", Describe(entry.Frame, lines));
            Assert.Equal($"{ShapeNames.FromEvents(seen.Shape)} at {place}", Describe(methods[entry.Address], lines));
            Assert.Equal(new SourceLine(seen.File, seen.Line), lines.Find(seen.Module, seen.Token, seen.ILOffset));
            Assert.Equal(FrameName.Of(entry.Frame).Stable, FrameName.Of(methods[entry.Address]).Stable);
        })]);
    }

    /// <summary>Compiled for speed, a method that was inlined stands on no stack; the others keep the lines of their calls.</summary>
    [Fact]
    public async Task OptimisedCodeHasTheLinesOfItsCallsToo()
    {
        var start = ForeignProcess.Start(RepositoryPaths.PlainWorker(10), "--frames") with { Environment = new Dictionary<string, string?> { ["DOTNET_TieredCompilation"] = "0" } };
        await using PlainWorker worker = await PlainWorker.StartAsync(start);
        WorkerStacks stacks = await WorkerStacks.TakeAsync(ForeignProcess.Pid(worker.Process));
        using var lines = new SourceLines(new PdbSearch("/", null));
        (Sighting Seen, RawFrame Frame)[] whole =
        [
            .. Sighting.Of(worker).Select(seen => (seen, Standing(stacks, seen).Frame)).Where(pair => ShapeNames.Expected[pair.seen.Shape] == FrameName.Of(pair.Frame).Text),
        ];

        Assert.True(whole.Length > ShapeNames.Expected.Count / 2);
        Assert.All(whole, pair => Assert.Equal(new SourceLine(pair.Seen.File, pair.Seen.Line), lines.Find(pair.Frame)));
    }

    [Fact]
    public async Task AStackIsFoldedAroundTheApplication()
    {
        await using PlainWorker worker = await ForeignProcess.StartPlainWorkerAsync(10, "--frames");
        WorkerStacks stacks = await WorkerStacks.TakeAsync(ForeignProcess.Pid(worker.Process));
        using var lines = new SourceLines(new PdbSearch("/", null));

        // Without what a thread does to wait: some may not wait yet.
        string[] Fold(string shape)
        {
            int thread = Sighting.Of(worker).Single(seen => seen.Shape == shape).Thread;
            IEnumerable<RawFrame> frames = stacks.ByThread[thread].Select(entry => entry.Frame).SkipWhile(frame => frame.MethodName != "Here");
            return [.. FoldedStackText.Lines(FoldedStack.Of(frames.Select(frame => NamedFrame.Of(frame, lines.Find(frame)))), 20)];
        }

        string[] record = Fold("record");
        Assert.StartsWith("> Shop.Sight.Here(string, string, int) at ", record[0], StringComparison.Ordinal);
        Assert.Matches("^  Shop.Noisy.ToString\\(\\) at .*/Shapes.cs:\\d+$", record[1]);
        Assert.Equal("  System.Text.StringBuilder.Append(object)", record[2]);
        Assert.Equal(["  Shop.Order.PrintMembers(StringBuilder)", "  Shop.Order.ToString()"], record[3..5]);
        Assert.Contains(Fold("recursion"), line => line.StartsWith("  Shop.Cart.Walk(int) at ", StringComparison.Ordinal) && line.EndsWith(" (4 times)", StringComparison.Ordinal));
        Assert.Single(Fold("async before await"), line => line.Contains("Shop.Cart.AddAtOnceAsync", StringComparison.Ordinal));
    }

    private static async Task<IReadOnlyDictionary<ulong, RawFrame>> MethodsAsync(int pid, IEnumerable<ulong> returnAddresses)
    {
        var proc = new ProcFileSystem();
        var workers = new WorkerDirectory(proc);
        await using EventPipeConnection connection = await EventPipeConnection.OpenAsync(SnapshotTargets.Of(workers.Get(pid), workers, proc), TestContext.Current.CancellationToken);
        return await MethodListing.FindAsync(connection, returnAddresses.Distinct(), TestContext.Current.CancellationToken);
    }

    /// <summary>The caller of <c>Sight.Here</c> on the thread that stands there.</summary>
    private static StackEntry Standing(WorkerStacks stacks, Sighting seen) =>
        stacks.ByThread[seen.Thread].SkipWhile(entry => entry.Frame.TypeName != "Shop.Sight").SkipWhile(entry => entry.Frame.TypeName == "Shop.Sight").First();

    private static string Describe(RawFrame frame, SourceLines lines) =>
        lines.Find(frame) is { } line ? $"{FrameName.Of(frame).Text} at {line}" : $"{FrameName.Of(frame).Text}, {string.Join("; ", lines.Missing)}";
}
