using System.CommandLine;
using System.Text.Json;
using HeapDrift.Collector.Engines.CopyOnWrite.Analysis;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Collector.Commands;

/// <summary>The process that freezes and reads one copy. Only the tool itself starts it.</summary>
internal static class AnalyseCopyCommand
{
    /// <summary>The DAC was seen to wait for ever, and nobody is left to end us then. An end that was asked for takes milliseconds otherwise.</summary>
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(15);

    public static Command Create(Terminal terminal)
    {
        var command = new Command(AnalysisProcess.Command, "Reads a frozen copy for another heapdrift.") { Hidden = true };
        command.SetAction((_, cancellationToken) => Task.Run(() => Run(terminal, cancellationToken), CancellationToken.None));
        return command;
    }

    private static int Run(Terminal terminal, CancellationToken cancellationToken)
    {
        OomScore.VolunteerAsVictim();
        Alarm.Clear();
        if (terminal.In.ReadLine() is not { } line || JsonSerializer.Deserialize(line, AnalysisJson.Default.AnalysisOrder) is not { } order)
        {
            return ExitStatus.WrongUsage;
        }

        Sweep(order);
        if (order.IsSweep)
        {
            return ExitStatus.Done;
        }

        using var takenBack = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var samples = new TaskCompletionSource<SampleQuery>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Standard input cannot be given up in the middle of a read: this thread may stay in it when all is done.
        var parent = new Thread(() =>
        {
            while (terminal.In.ReadLine() is { } said)
            {
                samples.TrySetResult(Parse(said));
            }

            Alarm.Set(EndDeadline);
            Cancel(takenBack);
        })
        { IsBackground = true, Name = "parent" };
        parent.Start();
        try
        {
            var analysis = new CopyAnalysis(
                order,
                TimeProvider.System,
                new Words(terminal),
                frozenAt => Say(terminal, new AnalysisWord { FrozenAt = frozenAt }),
                order.HasSamples ? samples.Task : null);
            HeapSnapshot snapshot = analysis.Run(takenBack.Token);
            using Stream output = Terminal.OpenOutput();
            JsonSerializer.Serialize(output, SnapshotDocuments.ToDocument(snapshot), CaptureJson.Compact.SnapshotDocument);
            return ExitStatus.Done;
        }
        catch (AnalysisException failed)
        {
            Say(terminal, new AnalysisWord { Failure = failed.Failure });
            return ExitStatus.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitStatus.Failed;
        }
        finally
        {
            Sweep(order);
        }
    }

    private static SampleQuery Parse(string line) =>
        JsonSerializer.Deserialize(line, AnalysisJson.Default.SampleQuery) is { IsSound: true } query ? query : SampleQuery.Empty;

    private static void Sweep(AnalysisOrder order)
    {
        try
        {
            CopyReaper.Sweep(order.Plan.Pid);
        }
        catch (FreezeException)
        {
            // What cannot be cleared away now takes no memory, and the next snapshot finds it.
        }
    }

    private static void Cancel(CancellationTokenSource takenBack)
    {
        try
        {
            takenBack.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // All is done already.
        }
    }

    private static void Say(Terminal terminal, AnalysisWord word) => terminal.Error.WriteLine(JsonSerializer.Serialize(word, AnalysisJson.Default.AnalysisWord));

    private sealed class Words(Terminal terminal) : IProgress<long>
    {
        public void Report(long value) => Say(terminal, new AnalysisWord { Objects = value });
    }
}
