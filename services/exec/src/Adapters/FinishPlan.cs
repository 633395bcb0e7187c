using System.Buffers;
using MessagePack;

namespace PvExec.Exec.Adapters;

/// <summary>
/// What is started as <c>finish</c>, fixed when the run is: an instance of this service that comes later knows neither the
/// caller's variables nor what the task's files said then.
/// </summary>
/// <param name="Arguments">Without the three that it is given.</param>
/// <param name="Environment">The whole of it, as <c>NAME=value</c>: that of <c>run</c>.</param>
/// <param name="Directory">The task's.</param>
/// <param name="User">Whom it runs as; null: as the daemon.</param>
/// <param name="Timeout">From its start to KILL.</param>
public sealed record FinishPlan(
    IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, string Directory, TaskUser? User, TimeSpan Timeout)
{
    private const int Fields = 5;
    private const int UserFields = 4;

    public static FinishPlan? Of(TaskDefinition task, IReadOnlyList<string> environment) =>
        task.Finish is { } finish ? new FinishPlan(finish, environment, task.Directory, task.User, task.TimeoutFinish) : null;

    /// <summary>A MessagePack array: arguments, environment, directory, user (nil, or as written in its file, uid, gid, groups), timeout in microseconds.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Fields);
        Write(ref writer, Arguments);
        Write(ref writer, Environment);
        writer.Write(Directory);
        if (User is { } user)
        {
            writer.WriteArrayHeader(UserFields);
            writer.Write(user.Text);
            writer.Write(user.Uid);
            writer.Write(user.Gid);
            writer.WriteArrayHeader(user.Groups.Count);
            foreach (uint group in user.Groups)
            {
                writer.Write(group);
            }
        }
        else
        {
            writer.WriteNil();
        }

        writer.Write((long)Timeout.TotalMicroseconds);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <returns>Null when the bytes are none.</returns>
    public static FinishPlan? Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            if (reader.ReadArrayHeader() < Fields)
            {
                return null;
            }

            string[] arguments = ReadTexts(ref reader);
            string[] environment = ReadTexts(ref reader);
            string directory = reader.ReadString() ?? "";
            TaskUser? user = ReadUser(ref reader);
            return arguments.Length == 0 ? null : new FinishPlan(arguments, environment, directory, user, TimeSpan.FromMicroseconds(reader.ReadInt64()));
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            return null;
        }
    }

    private static void Write(ref MessagePackWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteArrayHeader(texts.Count);
        foreach (string text in texts)
        {
            writer.Write(text);
        }
    }

    private static string[] ReadTexts(ref MessagePackReader reader)
    {
        var texts = new string[reader.ReadArrayHeader()];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = reader.ReadString() ?? "";
        }

        return texts;
    }

    private static TaskUser? ReadUser(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        if (reader.ReadArrayHeader() < UserFields)
        {
            throw new MessagePackSerializationException("a user with too few fields");
        }

        string text = reader.ReadString() ?? "";
        uint uid = reader.ReadUInt32();
        uint gid = reader.ReadUInt32();
        var groups = new uint[reader.ReadArrayHeader()];
        for (int i = 0; i < groups.Length; i++)
        {
            groups[i] = reader.ReadUInt32();
        }

        return new TaskUser(text, uid, gid, groups);
    }
}
