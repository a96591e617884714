using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Alerts;

/// <summary>Turns a notification into orders for captures and says of every alert what became of it.</summary>
internal sealed class AlertDesk(AlertInbox inbox, CaptureDesk captures, ILogger<AlertDesk> logger)
{
    public AlertAnswer Answer(AlertNotification notification, IReadOnlyCollection<Worker> workers)
    {
        AlertOutcome[] outcomes = [.. notification.Alerts.Select(alert => Answer(alert, workers))];
        inbox.Save();
        return new()
        {
            Alerts = outcomes,
            Truncated = notification.Truncated == 0 ? null : $"{notification.Truncated} alerts were left out by the sender (max_alerts); they are not answered",
        };
    }

    private AlertOutcome Answer(Alert alert, IReadOnlyCollection<Worker> workers)
    {
        AlertOutcome outcome = Decide(alert, workers) with { Alert = Printable.Cut(alert.Name), Fingerprint = Printable.Cut(alert.Fingerprint) };
        if (outcome.Kind is AlertOutcomeKind.Captured or AlertOutcomeKind.NotMatched or AlertOutcomeKind.Refused)
        {
            Log.AlertAnswered(logger, outcome.Alert, outcome.Fingerprint, outcome.Message);
        }

        return outcome;
    }

    private AlertOutcome Decide(Alert alert, IReadOnlyCollection<Worker> workers)
    {
        if (!alert.IsFiring)
        {
            return new(AlertOutcomeKind.Resolved, "resolved alerts capture nothing");
        }

        if (!inbox.TryTake(alert))
        {
            return new(AlertOutcomeKind.Duplicate, "answered before");
        }

        (Worker? worker, string reason) = AlertMatcher.Match(alert, workers);
        if (worker is null)
        {
            // The worker may be found by the time of the next repetition.
            inbox.PutBack(alert);
            return new(AlertOutcomeKind.NotMatched, reason);
        }

        CaptureAnswer answer = captures.Request(
            worker, new CaptureTrigger { Kind = TriggerKind.Alert, AlertName = Printable.Cut(alert.Name), AlertFingerprint = Printable.Cut(alert.Fingerprint) });
        if (answer.Kind == CaptureAnswerKind.Refused)
        {
            inbox.PutBack(alert);
            return new(AlertOutcomeKind.Refused, answer.Message);
        }

        return new(AlertOutcomeKind.Captured, answer.Message) { CaptureId = answer.CaptureId, Pid = worker.Pid };
    }
}
