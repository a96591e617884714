using System.Diagnostics;
using HeapDrift.Instrumentation.Native;
using HeapDrift.Profiling.Captures;

namespace HeapDrift.Instrumentation.Captures;

/// <summary>
/// A helper process that captures this worker. It tells its progress on standard error and leaves its report on standard output; on
/// standard input a line ends the window and the end cancels, so that a worker that dies cancels its capture too.
/// </summary>
internal sealed class SupervisedCapture : IDisposable
{
    /// <summary>For both snapshots, the comparison and the report of a large heap, on top of the window.</summary>
    public static readonly TimeSpan WorkLimit = TimeSpan.FromMinutes(10);

    /// <summary>How long a helper that was told to stop may take to say so; its worker waits for it.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    // Whatever inherited the helper's pipes could hold them open for ever after the helper itself has ended.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly ReportReader _report = new();
    private readonly LastWords _lastWords = new();

    private SupervisedCapture(Process process, TimeProvider time) => (_process, _time) = (process, time);

    /// <exception cref="System.ComponentModel.Win32Exception">The file cannot be executed.</exception>
    public static SupervisedCapture Start(ProcessStartInfo command, TimeProvider time)
    {
        var process = Process.Start(command)!;

        // A pid can be declared only when there is one. The helper needs it a hundred milliseconds later at the earliest, when its own
        // runtime has started; until here it is microseconds.
        LibC.DeclareTracer(process.Id);
        return new(process, time);
    }

    /// <summary>Follows the helper to its end.</summary>
    /// <param name="limit">Then it is killed.</param>
    /// <param name="onProgress">Told each phase in order, on any thread. Must not throw.</param>
    /// <param name="stopping">The worker stops: the helper is asked to end and killed if it does not within <see cref="StopLimit"/>.</param>
    public async Task<CaptureResult> RunAsync(TimeSpan limit, Action<CaptureProgress> onProgress, CancellationToken stopping)
    {
        var outputs = Task.WhenAll(_report.ReadAsync(_process.StandardOutput.BaseStream), ReadErrorsAsync(onProgress));
        var end = await WaitForEndAsync(limit, stopping).ConfigureAwait(false);
        await Task.WhenAny(outputs, Task.Delay(DrainLimit, CancellationToken.None)).ConfigureAwait(false);
        return _report.Report is { } report
            ? CaptureResult.Of(report, _lastWords.Lines())
            : CaptureResult.Of(HelperExit.Explain(_process.ExitCode, end, _report.Fault, _lastWords.Lines()));
    }

    /// <summary>Ends the window. Nothing happens where the helper is beyond it or gone.</summary>
    public async Task FinishAsync()
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(CaptureProgress.FinishCommand).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Its end is reported by whoever follows it.
        }
    }

    public void Dispose()
    {
        // Its pid may become somebody else's.
        LibC.DeclareNoTracer();
        _process.Dispose();
    }

    private async Task<HelperEnd> WaitForEndAsync(TimeSpan limit, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        if (await EndsAsync(either.Token).ConfigureAwait(false))
        {
            return HelperEnd.ByItself;
        }

        if (!stopping.IsCancellationRequested)
        {
            await KillAsync().ConfigureAwait(false);
            return HelperEnd.AtDeadline;
        }

        CloseInput();
        using var patience = new CancellationTokenSource(StopLimit, _time);
        if (!await EndsAsync(patience.Token).ConfigureAwait(false))
        {
            await KillAsync().ConfigureAwait(false);
        }

        return HelperEnd.WithWorker;
    }

    private async Task<bool> EndsAsync(CancellationToken before)
    {
        try
        {
            await _process.WaitForExitAsync(before).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Only the helper: looking for its descendants would read all of /proc.</summary>
    private async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception gone) when (gone is IOException or InvalidOperationException)
        {
            // It cannot be told, and will be killed.
        }
    }

    private async Task ReadErrorsAsync(Action<CaptureProgress> onProgress)
    {
        var lines = new BoundedLineReader(_process.StandardError);
        try
        {
            while (await lines.ReadAsync().ConfigureAwait(false) is { } line)
            {
                if (CaptureProgress.TryParse(line, out var progress))
                {
                    onProgress(progress!);
                }
                else
                {
                    _lastWords.Add(line);
                }
            }
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _lastWords.Add("(its standard error broke off)");
        }
    }
}
