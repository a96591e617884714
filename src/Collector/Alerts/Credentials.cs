using System.Security.Cryptography;
using System.Text;

namespace HeapDrift.Collector.Alerts;

/// <summary>What an Authorization header must say. Compared in constant time, by hash, so that not even the length leaks.</summary>
internal sealed class Credentials
{
    private readonly byte[][] _accepted;

    private Credentials(IEnumerable<string> headers) => _accepted = [.. headers.Select(Hash)];

    /// <summary>False: everybody may.</summary>
    public bool AreRequired => _accepted.Length != 0;

    /// <exception cref="IOException">The file of the token cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is empty.</exception>
    public static Credentials Of(AlertOptions options)
    {
        List<string> headers = [];
        if (options.BearerToken is { Length: > 0 } token)
        {
            headers.Add($"Bearer {token}");
        }

        if (options.BearerTokenFile is { } file)
        {
            string content = File.ReadAllText(file).Trim();
            headers.Add(content.Length != 0 ? $"Bearer {content}" : throw new InvalidDataException($"{AlertOptions.Section}:BearerTokenFile {file} is empty"));
        }

        if (options.BasicUser is { Length: > 0 } user)
        {
            headers.Add($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.BasicPassword}"))}");
        }

        return new(headers);
    }

    public bool Accept(string? authorization)
    {
        byte[] given = Hash(authorization ?? "");
        bool isAccepted = !AreRequired;
        foreach (byte[] accepted in _accepted)
        {
            isAccepted |= CryptographicOperations.FixedTimeEquals(accepted, given);
        }

        return isAccepted;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
