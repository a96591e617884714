using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using HeapDrift.Instrumentation;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Configuration;

namespace HeapDrift.Collector.Export;

/// <summary>One attempt to send what the receiver lacks of one report.</summary>
internal sealed class ReportSender(IConfiguration environment)
{
    /// <param name="report">What is sent.</param>
    /// <param name="mark">What is missing of it.</param>
    /// <param name="path">Its folder; null where it is on no disk.</param>
    /// <returns>The mark as it is afterwards, and why it is not settled or what was refused; null when all of it was delivered.</returns>
    /// <exception cref="InvalidDataException">The report cannot be put into words.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "A report that somebody has edited must not stop the agent.")]
    public async Task<(UndeliveredMark Mark, DeliveryFailure? Failure)> SendAsync(CaptureReport report, UndeliveredMark mark, string? path)
    {
        string complaint = "";
        using OtlpExport? export = TryOpen(mark.Resource.Select(Typed), mark.Traces == SignalDelivery.Waiting, mark.Logs == SignalDelivery.Waiting, unusable => complaint = unusable);
        if (export is null)
        {
            return (mark, new(complaint, DeliveryFailureKind.Unreachable));
        }

        try
        {
            CaptureTraceId.Use(ActivityTraceId.CreateFromString(mark.TraceId), () => export.Begin(report.Trigger, report.Worker, report.StartedAt, mark.IsStartTold));
            DeliveryResult result = await export.CompleteAsync(report, path);
            return (Note(mark, result, export), result.Failure);
        }
        catch (Exception damaged)
        {
            throw new InvalidDataException($"it cannot be put into words: {damaged.Message}", damaged);
        }
    }

    /// <summary>One attempt at an event. Null when the receiver has it.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "An event that cannot be told must not stop the agent.")]
    public async Task<DeliveryFailure?> TellAsync(Announcement announcement)
    {
        string complaint = "";
        using OtlpExport? export = TryOpen(announcement.Resource, sendsTraces: false, sendsLogs: true, unusable => complaint = unusable);
        try
        {
            return export is null
                ? new(complaint, DeliveryFailureKind.Unreachable)
                : await export.TellAsync(announcement.Event, announcement.Level, CaptureTraceId.Of(announcement.CaptureId));
        }
        catch (Exception failed)
        {
            return new(failed.Message, DeliveryFailureKind.NotTaken);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Settings that the exporter does not bear must not stop the agent.")]
    private OtlpExport? TryOpen(IEnumerable<KeyValuePair<string, object>> resource, bool sendsTraces, bool sendsLogs, Action<string> complain)
    {
        try
        {
            complain("no OTLP endpoint is set any more");
            return OtlpEndpoint.IsSet(environment, OtlpEndpoint.ForCaptures, complain)
                ? new OtlpExport(resource, environment, sendsTraces, sendsLogs)
                : null;
        }
        catch (Exception unusable)
        {
            complain($"OTLP cannot be set up: {unusable.Message}");
            return null;
        }
    }

    private static UndeliveredMark Note(UndeliveredMark mark, DeliveryResult result, OtlpExport export) => mark with
    {
        Traces = Next(mark.Traces, result.Traces, export.HasTraces),
        Logs = Next(mark.Logs, result.Logs, export.HasLogs),
        Refusal = Refusal(result.Logs) ?? Refusal(result.Traces) ?? mark.Refusal,
        Attempts = mark.Attempts + 1,
        LastFailure = result.Failure?.Message,
    };

    private static SignalDelivery Next(SignalDelivery before, DeliveryFailure? failure, bool hasEndpoint) =>
        before != SignalDelivery.Waiting ? before
        : !hasEndpoint ? SignalDelivery.Nowhere
        : failure is null ? SignalDelivery.Delivered
        : failure.IsFinal ? SignalDelivery.Refused
        : SignalDelivery.Waiting;

    private static string? Refusal(DeliveryFailure? failure) => failure is { IsFinal: true } ? failure.Message : null;

    /// <summary>The pid is a number by the semantic conventions.</summary>
    private static KeyValuePair<string, object> Typed(KeyValuePair<string, string> attribute) =>
        attribute.Key == TelemetryNames.Attributes.ProcessPid && long.TryParse(attribute.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long pid)
            ? new(attribute.Key, pid)
            : new(attribute.Key, attribute.Value);
}
