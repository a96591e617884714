using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HeapDrift.Collector.Alerts;

/// <summary>
/// Reads the webhook bodies of Alertmanager (prometheus.io/docs/alerting/latest/configuration, webhook_config, version 4) and Grafana (a
/// superset, version 1). What is not needed is not looked at, so that newer senders are understood too. Everything is bounded.
/// </summary>
internal static class AlertParser
{
    /// <summary>A group of a whole cluster; Alertmanager's own example sends a handful.</summary>
    public const int MostAlerts = 1_000;

    private const int MostLabels = 64;
    private const int MostCharacters = 1_024;
    private const int MostDepth = 16;
    private const int FingerprintDigits = 16;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MostDepth };

    /// <exception cref="InvalidDataException">It is no such body; the message names the place.</exception>
    public static AlertNotification Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            return Read(document.RootElement);
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"the body is no JSON at line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine + 1}", malformed);
        }
        catch (InvalidOperationException malformed)
        {
            // A text that is no valid UTF-16 when it is unescaped.
            throw new InvalidDataException("the body has a text that cannot be read", malformed);
        }
    }

    private static AlertNotification Read(JsonElement root)
    {
        JsonElement alerts = Member(root, "alerts", JsonValueKind.Array, "alerts");
        if (alerts.GetArrayLength() > MostAlerts)
        {
            throw new InvalidDataException($"alerts has {alerts.GetArrayLength()} elements, and {MostAlerts} are the most: group alerts, or set max_alerts");
        }

        return new(
            [.. alerts.EnumerateArray().Select((alert, at) => ReadAlert(alert, $"alerts[{at}]"))],
            root.TryGetProperty("truncatedAlerts", out JsonElement truncated) && truncated.ValueKind == JsonValueKind.Number && truncated.TryGetInt64(out long left) ? Math.Max(0, left) : 0);
    }

    private static Alert ReadAlert(JsonElement alert, string path)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty label in Member(alert, "labels", JsonValueKind.Object, $"{path}.labels").EnumerateObject())
        {
            labels[Bounded(label.Name, $"{path}.labels")] = label.Value.ValueKind == JsonValueKind.String
                ? Bounded(label.Value.GetString()!, $"{path}.labels.{Printable.Cut(label.Name)}")
                : throw new InvalidDataException($"{path}.labels.{Printable.Cut(label.Name)} is no text");
            if (labels.Count > MostLabels)
            {
                throw new InvalidDataException($"{path}.labels has more than {MostLabels} labels");
            }
        }

        string status = Text(alert, "status", path);
        string startsAt = Text(alert, "startsAt", path);
        return new()
        {
            IsFiring = status switch
            {
                "firing" => true,
                "resolved" => false,
                _ => throw new InvalidDataException($"{path}.status is neither firing nor resolved"),
            },
            Labels = labels,
            StartsAt = DateTimeOffset.TryParse(startsAt, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
                ? at
                : throw new InvalidDataException($"{path}.startsAt is no time"),
            Fingerprint = alert.TryGetProperty("fingerprint", out JsonElement fingerprint) && fingerprint.ValueKind == JsonValueKind.String && fingerprint.GetString() is { Length: > 0 } given
                ? Bounded(given, $"{path}.fingerprint")
                : FingerprintOf(labels),
        };
    }

    private static JsonElement Member(JsonElement owner, string name, JsonValueKind kind, string path) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement member) && member.ValueKind == kind
            ? member
            : throw new InvalidDataException($"{path} is missing or is no {kind.ToString().ToLowerInvariant()}");

    private static string Text(JsonElement owner, string name, string path) =>
        Bounded(Member(owner, name, JsonValueKind.String, $"{path}.{name}").GetString()!, $"{path}.{name}");

    private static string Bounded(string text, string path) =>
        text.Length <= MostCharacters ? text : throw new InvalidDataException($"{path} has more than {MostCharacters} characters");

    /// <summary>Every sender that is known gives one.</summary>
    private static string FingerprintOf(Dictionary<string, string> labels)
    {
        string all = string.Join('\0', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}\0{label.Value}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..FingerprintDigits];
    }
}
