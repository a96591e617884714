using System.Collections.Concurrent;
using System.Diagnostics;

namespace HeapDrift.LeakScore;

/// <summary>Tries the programs that were asked for and prints the score.</summary>
internal static class ScoreRun
{
    private const int Missed = 1;

    /// <summary>128 + SIGINT, as a shell reports it.</summary>
    private const int Interrupted = 130;

    public static async Task<int> RunAsync(ScoreOptions options, CancellationToken cancellationToken)
    {
        Label[] labels = [.. Labels.Read().Where(label => options.Only.Count == 0 || options.Only.Contains(label.Name))];
        string output = options.Output ?? Directory.CreateTempSubdirectory("heapdrift-score-").FullName;
        var judgements = new ConcurrentDictionary<string, Judgement>();
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(labels, parallel, async (label, stopping) =>
                judgements[label.Name] = await TryAsync(label, options, Path.Join(output, label.Name), stopping));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Screen.Progress("interrupted; the programs are ended");
            return Interrupted;
        }
        finally
        {
            if (options.Output is null)
            {
                Directory.Delete(output, recursive: true);
            }
        }

        Judgement[] all = [.. labels.Select(label => judgements[label.Name])];
        Screen.Result(Scoreboard.Render(all));
        return Scoreboard.IsReached(all) ? 0 : Missed;
    }

    private static async Task<Judgement> TryAsync(Label label, ScoreOptions options, string output, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        Judgement judged = await Trial.RunAsync(label, options.Window, options.Engine, output, cancellationToken);
        Screen.Progress($"{label.Name}: {(judged.IsRight ? "right" : "WRONG")}, {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s");
        return judged;
    }
}
