using System.Globalization;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>What a method of tests/Targets/PlainWorker/Frames knows of the place where its thread stands.</summary>
public sealed record Sighting(string Shape, string File, int Line, string Module, int Token, int ILOffset, int Thread)
{
    /// <summary>All that a worker printed before it was ready.</summary>
    public static IReadOnlyList<Sighting> Of(PlainWorker worker)
    {
        ArgumentNullException.ThrowIfNull(worker);
        return
        [
            .. worker.Process.StdoutLines.Select(line => line.Split('\t')).Where(fields => fields[0] == "seen").Select(fields => new Sighting(
                fields[1], fields[2], Number(fields[3]), fields[4], Number(fields[5]), Number(fields[6]), Number(fields[7]))),
        ];
    }

    /// <summary>Starts a worker, takes down where its threads stand, and ends it.</summary>
    public static async Task<IReadOnlyList<Sighting>> TakeAsync(string program)
    {
        await using var worker = await PlainWorker.StartAsync(new ChildProcessStart(program, ["--frames"]));
        return Of(worker);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
