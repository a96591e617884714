using HeapDrift.Collector.Captures;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Commands;

/// <summary>
/// Runs a capture for a program, usually the worker itself: progress goes out as JSON lines on standard error; standard input brings
/// <see cref="CaptureProgress.FinishCommand"/>, and its end means that the supervisor is gone or gave up.
/// </summary>
internal static class SupervisedFeedback
{
    public static async Task<CaptureReport> RunAsync(Terminal terminal, Capture capture, CancellationToken cancellationToken)
    {
        using var supervisor = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Standard input cannot be given up in the middle of a read: a thread of its own may stay in it when the capture is over.
        var listener = new Thread(() => Listen(terminal.In, finish, supervisor)) { IsBackground = true, Name = "supervisor" };
        listener.Start();
        return await capture.RunAsync(new Lines(terminal.Error), finish.Task, supervisor.Token);
    }

    private static void Listen(TextReader input, TaskCompletionSource finish, CancellationTokenSource supervisor)
    {
        while (input.ReadLine() is { } command)
        {
            if (command.Trim() == CaptureProgress.FinishCommand)
            {
                finish.TrySetResult();
            }
        }

        try
        {
            supervisor.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The capture was over first.
        }
    }

    private sealed class Lines(TextWriter error) : ICaptureObserver
    {
        public void Entered(CaptureProgress progress)
        {
            error.WriteLine(progress.ToLine());
            error.Flush();
        }

        public void Saw(long objects)
        {
        }
    }
}
